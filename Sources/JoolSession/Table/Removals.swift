internal import JoolCore

/// The removals that a table remembers: at most one of each client.
///
/// They are in numbered slots, so that a transfer can name them while they change.
struct Removals: Sendable {
  /// The number of removals up to which an administrator may remove more.
  static let orderCapacity = 65_536
  /// The number of removals up to which those of peers are accepted.
  ///
  /// It is larger, because several nodes may remove mappings at the same time, and refusing what a peer has accepted
  /// would make the tables differ.
  static let capacity = 131_072
  /// The shortest time between two passes that forget removals.
  static let spacing = TimeAmount.seconds(1)

  /// Whom a removal is about.
  struct Client: Hashable, Sendable {
    let proto: L4Protocol
    let source6: TransportAddress6
  }

  /// A removal that is remembered.
  struct Remembered: Sendable {
    /// The client, the mask and the version.
    ///
    /// The timer is `SessionTimer.removal`, and there is no destination.
    let row: SessionRow
    let memory: Milliseconds
    var end: Instant
  }

  private(set) var slots: ContiguousArray<Remembered?> = []
  private var free: ContiguousArray<UInt32> = []
  private var numbers: [Client: UInt32] = [:]
  /// The time of the next pass that forgets removals; `nil` if there are none.
  private(set) var deadline: Instant?

  var count: Int { numbers.count }

  func slot(of client: Client) -> UInt32? { numbers[client] }

  subscript(client: Client) -> Remembered? { numbers[client].flatMap { slots[Int($0)] } }

  /// Adds a removal, or replaces the one of the same client.
  mutating func insert(_ removal: Remembered, of client: Client) {
    if let number = numbers[client] {
      slots[Int(number)] = removal
    } else if let number = free.popLast() {
      slots[Int(number)] = removal
      numbers[client] = number
    } else {
      numbers[client] = UInt32(slots.count)
      slots.append(removal)
    }
    deadline = min(deadline ?? removal.end, removal.end)
  }

  /// Forgets the removals whose time is over.
  /// - Returns: their rows.
  mutating func forget(now: Instant) -> [SessionRow] {
    guard let due = deadline, due <= now else { return [] }
    var forgotten: [SessionRow] = []
    var next: Instant?
    for number in slots.indices {
      guard let removal = slots[number] else { continue }
      guard removal.end <= now else {
        next = min(next ?? removal.end, removal.end)
        continue
      }
      forgotten.append(removal.row)
      numbers[Client(proto: removal.row.proto, source6: removal.row.source6)] = nil
      slots[number] = nil
      free.append(UInt32(number))
    }
    deadline = next.map { max($0, now + Self.spacing) }
    return forgotten
  }
}
