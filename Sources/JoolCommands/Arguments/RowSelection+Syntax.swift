import JoolCore

/// The options of a `RowSelection`, which every operation on sessions and bindings has in common.
///
/// The C client lacks them, so they have no abbreviations.
extension Syntax {
  typealias SelectionPath = any WritableKeyPath<Operation, RowSelection> & Sendable

  /// `--source6` and `--source4`.
  /// - `noun`: the kind of rows for the explanations, such as `sessions`.
  static func clients(_ path: SelectionPath, _ noun: String) -> [Option] {
    [
      Option.value(
        "source6", "PREFIX[#PORTS]", "Only \(noun) of these IPv6 clients: 2001:db8::/64, 2001:db8::8#40001"
      ) { (operation, text) throws(ArgumentError) in
        operation[keyPath: path].filter.source6 = try TransportRange(argument: text, option: "source6")
      }.unabbreviated,
      Option.value("source4", "PREFIX[#PORTS]", "Only \(noun) with these pool4 addresses: 192.0.2.1#61001-61099") {
        (operation, text) throws(ArgumentError) in
        operation[keyPath: path].filter.source4 = try TransportRange(argument: text, option: "source4")
      }.unabbreviated,
    ]
  }

  /// The criteria that bindings lack: `--destination4`, `--state`, `--expires-under` and `--expires-over`.
  static func sessionCriteria(_ path: SelectionPath) -> [Option] {
    [
      Option.value("destination4", "PREFIX[#PORTS]", "Only sessions with these IPv4 servers: 198.51.100.0/24#443") {
        (operation, text) throws(ArgumentError) in
        operation[keyPath: path].filter.destination4 = try TransportRange(argument: text, option: "destination4")
      }.unabbreviated,
      Option.value(
        "state", "NAME,...", "Only TCP sessions in these states: \(TCPStates.names.joined(separator: ", "))",
        suggestions: TCPStates.names
      ) { (operation, text) throws(ArgumentError) in
        operation[keyPath: path].filter.states.formUnion(try TCPStates.parse(text))
      }.unabbreviated,
      Option.value("expires-under", "TIME", "Only sessions that expire in less than this: 30s, 5m, 2h, 0:30") {
        (operation, text) throws(ArgumentError) in
        operation[keyPath: path].filter.expiresUnder = try Milliseconds(argument: text, option: "expires-under")
      }.unabbreviated,
      Option.value("expires-over", "TIME", "Only sessions that expire in more than this") {
        (operation, text) throws(ArgumentError) in
        operation[keyPath: path].filter.expiresOver = try Milliseconds(argument: text, option: "expires-over")
      }.unabbreviated,
    ]
  }

  /// `--limit`.
  static func limit(_ path: SelectionPath, _ explanation: String) -> Option {
    Option.value("limit", "N", explanation) { (operation, text) throws(ArgumentError) in
      guard let limit = UInt32(digits: text), limit > 0 else {
        throw .badValue(text, option: "limit", remedy: "write a number from 1 to \(UInt32.max).")
      }
      operation[keyPath: path].limit = limit
    }.unabbreviated
  }

  /// `--sort` and `--reverse`.
  static func order(_ path: SelectionPath, by keys: [SortKey]) -> [Option] {
    [
      Option.value(
        "sort", "COLUMN", "Sort by " + keys.map(\.rawValue).joined(separator: ", "), suggestions: keys.map(\.rawValue)
      ) { (operation, text) throws(ArgumentError) in
        guard let key = keys.first(where: { $0.rawValue == text }) else {
          let columns = keys.map(\.rawValue).joined(separator: ", ")
          throw .badValue(text, option: "sort", remedy: "use one of \(columns).")
        }
        operation[keyPath: path].sortKey = key
      }.unabbreviated,
      Option.flag("reverse", "Sort in descending order") { $0[keyPath: path].isReversed = true }.unabbreviated,
    ]
  }

  /// `--sort` and `--reverse` of an operation that cannot sort: they are accepted nowhere, and the error says why.
  static func refusingOrder(because reason: String) -> [Option] {
    [
      Option.value("sort", "COLUMN", "") { (_, _) throws(ArgumentError) in
        throw .refusedOption("--sort does not work here, because \(reason)")
      }.unabbreviated.hidden,
      Option.flag("reverse", "") { (_) throws(ArgumentError) in
        throw .refusedOption("--reverse does not work here, because \(reason)")
      }.unabbreviated.hidden,
    ]
  }
}

extension TransportRange where Address: ArgumentAddress {
  /// Reads `ADDRESS[/LENGTH][#PORT[-PORT]]`.
  /// - `option`: the option's name, for the error message.
  fileprivate init(argument text: String, option: String) throws(ArgumentError) {
    guard let range = Self(text) else {
      let example = Address.family == .ipv4 ? "192.0.2.0/24#61001-61099" : "2001:db8::/64#40001"
      throw .badValue(
        text, option: option,
        remedy: "write an \(Address.family == .ipv4 ? "IPv4" : "IPv6") address or prefix, with ports after a # if you "
          + "want: \(example)")
    }
    self = range
  }
}

extension Milliseconds {
  /// Reads `[[HH:]MM:]SS[.mmm]`, or a number with the unit `s`, `m` or `h`.
  /// - `option`: the option's name, for the error message.
  init(argument text: String, option: String) throws(ArgumentError) {
    let units: [(Character, UInt32)] = [("s", 1000), ("m", 60_000), ("h", 3_600_000)]
    if let (_, unit) = units.first(where: { $0.0 == text.last }), let count = UInt32(digits: text.dropLast()) {
      let (time, isTooLong) = count.multipliedReportingOverflow(by: unit)
      if !isTooLong {
        self.init(time)
        return
      }
    }
    guard let time = Milliseconds(text) else {
      throw .badValue(text, option: option, remedy: "write a time of at most 1193 hours: 30s, 5m, 2h or HH:MM:SS.")
    }
    self = time
  }
}

/// The names of TCP states on the command line.
enum TCPStates {
  static let names = TCPState.named.map { $0.description } + ["UNKNOWN"]

  /// Reads names separated by commas, in upper or lower case.
  ///
  /// `UNKNOWN` stands for all states without a name.
  static func parse(_ text: String) throws(ArgumentError) -> Set<TCPState> {
    var states: Set<TCPState> = []
    for name in text.split(separator: ",", omittingEmptySubsequences: false) {
      let upper = name.uppercased()
      guard names.contains(upper) else {
        throw .badValue(
          String(name), option: "state", remedy: "use one or more of \(names.joined(separator: ",")).")
      }
      for number in 0...UInt8.max where TCPState(rawValue: number).description == upper {
        states.insert(TCPState(rawValue: number))
      }
    }
    return states
  }
}
