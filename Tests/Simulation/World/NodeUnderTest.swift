import JoolCore
import JoolSession

/// The core of a proxy as the simulation uses it, in any version of the protocol.
///
/// An extension named after the version contains the parts that differ.
struct NodeUnderTest {
  /// The times that the core receives as input.
  struct Time {
    /// The monotonic time.
    var now: Instant
    /// The node's wall clock, in milliseconds since 1970.
    var wall: Int64
  }

  /// The states that all versions have.
  enum State {
    /// The node has no table yet.
    case starting
    /// The table lacks sessions, or the module lacks sessions of the table.
    case mending
    case ready
    /// The node has no module.
    case away
  }

  var proxy: SessionProxy
  let pool6: IPv6Prefix
}

/// The state of a node and its right to the addresses.
struct Verdict: Equatable {
  var state: NodeUnderTest.State
  /// Whether the node may have the addresses.
  var may: Bool
}
