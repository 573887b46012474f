public import JoolCore

/// What an administrator states of the NAT64s whose table a mirror has.
///
/// A mirror takes the rest from its peers' hellos and settings. C proxies send neither.
public struct MirrorSettings: Hashable, Sendable {
  /// The prefix of the NAT64s; `nil`: that of the peers.
  public var pool6: IPv6Prefix?
  /// The timeouts of the NAT64s; `nil`: the longest ones of the peers.
  public var limits: SessionLimits?
  /// The pool4 of the NAT64s; `nil`: that of a peer.
  public var pool4: [Pool4Entry]?
  /// The global variables of the NAT64s, which the mirror only shows; those that are missing have Jool's defaults.
  public var globals: [GlobalSetting]

  /// Creates settings.
  ///
  /// Without arguments, everything is the peers'.
  public init(
    pool6: IPv6Prefix? = nil, limits: SessionLimits? = nil, pool4: [Pool4Entry]? = nil, globals: [GlobalSetting] = []
  ) {
    self.pool6 = pool6
    self.limits = limits
    self.pool4 = pool4
    self.globals = globals
  }
}
