import JoolCore
import JoolSession

/// The core of a proxy as the simulation uses it, whatever version of the protocol it speaks. What differs from one version to
/// another is in an extension named after the version.
struct NodeUnderTest {
  /// What the core is told of the time.
  struct Time {
    /// Monotonic.
    var now: Instant
    /// Milliseconds since 1970, by the node's wall clock.
    var wall: Int64
  }

  /// What it is doing, as far as all versions have it.
  enum State {
    /// It has no table yet.
    case starting
    /// It has a table that lacks something, or the module lacks something of it.
    case mending
    case ready
    /// It has no module.
    case away
  }

  var proxy: SessionProxy
  /// Where the reading of the module's table goes on; `nil`: it is not being read.
  var audit: (reason: SessionProxy.Audit, next: Int)?
  let pool6: IPv6Prefix
}

/// What a node may do.
struct Verdict: Equatable {
  var state: NodeUnderTest.State
  /// Whether it may have the addresses.
  var may: Bool
}
