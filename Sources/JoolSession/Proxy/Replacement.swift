internal import JoolCore

/// BIB entries that the module must remove, and the BIB entries whose sessions it gets instead.
///
/// Both belong together, because an eviction without the new sessions would leave a flow without any session.
struct Replacement: Hashable, Sendable {
  var losers: [BIBEntry]
  var winners: [BIBEntry]
}
