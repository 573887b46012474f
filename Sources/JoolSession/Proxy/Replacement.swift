internal import JoolCore

/// BIB entries that the module must forget, and those whose sessions it gets instead. One without the other would leave
/// a flow without any session.
struct Replacement: Hashable, Sendable {
  var losers: [BIBEntry]
  var winners: [BIBEntry]
}
