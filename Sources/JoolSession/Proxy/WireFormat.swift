/// How a proxy speaks to the group (`--net.format`).
public enum WireFormat: String, CaseIterable, Hashable, Sendable {
  /// SS2 among our kind, and the C proxies' layout for the others.
  case auto
  /// As a C proxy does.
  case legacy
  /// SS2 alone; C proxies hear nothing and are not heard.
  case ss2
}
