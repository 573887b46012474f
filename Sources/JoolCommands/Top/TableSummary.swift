import JoolCore

/// The counts of one reading of the session table, made row by row.
///
/// They are exact. Each group takes 32 to 64 bytes, so a million clients take some 50 MB.
struct TableSummary: Sendable {
  /// The sessions of a protocol.
  struct ProtocolCount: Hashable, Sendable {
    var sessions = 0
    /// The number of sessions that the reading before lacked.
    var begun = 0
    /// The number of sessions that only the reading before had.
    var ended = 0
  }

  /// The sessions of a group.
  struct Group: Hashable, Sendable {
    var sessions: UInt32 = 0
    /// The number of sessions that the reading before lacked.
    var begun: UInt32 = 0
  }

  /// The order in which groups are shown.
  enum Order: String, CaseIterable, Hashable, Sendable {
    case sessions
    case begun = "new sessions"
    case group
  }

  let grouping: TopGrouping
  /// The counts, by the number of the protocol.
  private(set) var protocols = [ProtocolCount](repeating: ProtocolCount(), count: L4Protocol.allCases.count)
  /// The number of TCP sessions in each state, by its number.
  ///
  /// The last one counts all states without a name.
  private(set) var states = [Int](repeating: 0, count: TCPState.named.count + 1)
  private(set) var groups: [UInt128: Group] = [:]

  init(by grouping: TopGrouping) { self.grouping = grouping }

  /// The number of sessions of all protocols.
  var sessions: Int { protocols.reduce(0) { $0 + $1.sessions } }

  /// Counts a session.
  mutating func add(_ session: SessionEntry, isNew: Bool) {
    let proto = Int(session.proto.rawValue)
    protocols[proto].sessions += 1
    if isNew { protocols[proto].begun += 1 }
    if session.proto == .tcp { states[min(Int(session.state.rawValue), states.count - 1)] += 1 }
    countInGroup(of: session, isNew)
  }

  /// Stores the number of sessions that have ended, by the number of their protocol.
  mutating func setEnded(_ ended: [Int]) {
    for (proto, count) in ended.enumerated() { protocols[proto].ended = count }
  }

  private mutating func countInGroup(of session: SessionEntry, _ isNew: Bool) {
    groups[grouping.key(of: session), default: Group()].count(isNew)
  }

  /// The first groups in an order.
  func top(_ limit: Int, by order: Order) -> [(key: UInt128, group: Group)] {
    func precedes(_ left: (key: UInt128, group: Group), _ right: (key: UInt128, group: Group)) -> Bool {
      switch order {
      case .begun where left.group.begun != right.group.begun: left.group.begun > right.group.begun
      case .sessions, .begun:
        (right.group.sessions, left.key) < (left.group.sessions, right.key)
      case .group: left.key < right.key
      }
    }
    var first: [(key: UInt128, group: Group)] = []
    // Sorting a part now and then costs less than sorting a million groups.
    for entry in groups {
      first.append((entry.key, entry.value))
      guard first.count / 2 > max(limit, 1024) else { continue }
      first.sort(by: precedes)
      first.removeLast(first.count - limit)
    }
    first.sort(by: precedes)
    return Array(first.prefix(limit))
  }
}

extension TableSummary.Group {
  fileprivate mutating func count(_ isNew: Bool) {
    sessions += 1
    if isNew { begun += 1 }
  }
}
