import JoolCore

/// The choice of rows of a table: a filter, an order and a limit.
struct RowSelection: Hashable, Sendable {
  var filter = SessionFilter()
  /// The order of the rows; that of the module if `nil`.
  var sortKey: SortKey?
  var isReversed = false
  /// The greatest number of rows.
  var limit: UInt32?

  init(protocols: Set<L4Protocol> = []) { filter.protocols = protocols }

  /// Whether the rows are those of several protocols.
  var hasSeveralProtocols: Bool { filter.protocols.count > 1 }

  /// The limit as a number of rows; the greatest number if there is none.
  var maxRows: Int { limit.map(Int.init) ?? .max }

  /// Refuses options that contradict each other.
  func check() throws(ArgumentError) {
    if isReversed, sortKey == nil {
      throw .refusedOption("--reverse needs --sort, for example: --sort source6 --reverse")
    }
    if !filter.states.isEmpty, !filter.protocols.isSubset(of: [.tcp]) {
      throw .refusedOption("--state needs --tcp alone, because UDP and ICMP sessions have no state.")
    }
    if let under = filter.expiresUnder, let over = filter.expiresOver, under <= over {
      throw .refusedOption(
        "No session expires in less than \(under) and in more than \(over). Give --expires-over the shorter time.")
    }
  }

  /// Passes the chosen rows to `write`, in their order.
  ///
  /// If there are none, passes an empty page once all of the tables has been read. Without an order, the memory that it
  /// takes does not depend on the number of rows.
  func read<Row: SortableRow>(
    from client: inout TranslatorClient, _ write: ([Row]) -> Void
  ) throws(JoolError) {
    var sorted = sortKey.map { SortedRows<Row>(by: $0, isReversed: isReversed, limit: maxRows) }
    // This is the module's own order.
    if sortKey == .source4, !isReversed, filter.possibleProtocols.count == 1 { sorted = nil }
    var search = TableSearch<Row>(filter, limit: sorted == nil ? maxRows : .max)
    var isEmpty = true
    while let rows = try search.next(from: &client) {
      if sorted == nil { write(rows) } else { sorted?.append(rows) }
      isEmpty = false
    }
    if let rows = sorted?.finish() { write(rows) } else if isEmpty { write([]) }
  }
}

/// A column by which rows can be sorted.
enum SortKey: String, CaseIterable, Hashable, Sendable {
  case expires, source6, source4, destination4

  /// The columns of bindings.
  static let ofBindings = [source6, source4]
}

/// A row that can be sorted.
protocol SortableRow: TableRow {
  /// Whether the row is before `other`.
  ///
  /// Rows with the same value are in the module's order.
  func precedes(_ other: Self, by key: SortKey) -> Bool
}

extension SessionEntry: SortableRow {
  func precedes(_ other: Self, by key: SortKey) -> Bool {
    switch key {
    case .expires where expiration != other.expiration: expiration < other.expiration
    case .source6 where source6 != other.source6: source6 < other.source6
    case .source4 where source4 != other.source4: source4 < other.source4
    case .destination4 where destination4 != other.destination4: destination4 < other.destination4
    default: (proto.rawValue, source4, destination4) < (other.proto.rawValue, other.source4, other.destination4)
    }
  }
}

extension BIBEntry: SortableRow {
  func precedes(_ other: Self, by key: SortKey) -> Bool {
    switch key {
    case .source6 where source6 != other.source6: source6 < other.source6
    case .source4 where source4 != other.source4: source4 < other.source4
    default: (proto.rawValue, source4) < (other.proto.rawValue, other.source4)
    }
  }
}

/// The first rows in an order.
///
/// It keeps at most twice the limit, and some.
private struct SortedRows<Row: SortableRow> {
  private let key: SortKey
  private let isReversed: Bool
  private let limit: Int
  private var rows: [Row] = []

  init(by key: SortKey, isReversed: Bool, limit: Int) {
    (self.key, self.isReversed, self.limit) = (key, isReversed, limit)
  }

  mutating func append(_ page: [Row]) {
    rows += page
    if rows.count / 2 > max(limit, 1024) { sort() }
  }

  mutating func finish() -> [Row] {
    sort()
    return rows
  }

  private mutating func sort() {
    rows.sort { isReversed ? $1.precedes($0, by: key) : $0.precedes($1, by: key) }
    if rows.count > limit { rows.removeLast(rows.count - limit) }
  }
}

extension RowSelection {
  /// The selection, with a protocol if none was chosen.
  ///
  /// - Throws: `CommandFailure.argument` if options contradict each other.
  func checked(default proto: L4Protocol? = nil) throws(CommandFailure) -> Self {
    do throws(ArgumentError) { try check() } catch { throw .invalid(error) }
    var copy = self
    if let proto, filter.protocols.isEmpty { copy.filter.protocols = [proto] }
    return copy
  }
}
