/// The format in which a proxy exchanges sessions with the group (`--net.format`).
public enum PeerProtocol: String, CaseIterable, Hashable, Sendable {
  /// SS2 between SS2 nodes, and also the C proxies' layout for C proxies.
  case auto
  /// The C proxies' layout alone.
  case legacy
  /// SS2 alone. Nothing is sent to C proxies, or accepted from them.
  case ss2
}
