/// The two kinds of translators (`xt` in the Jool header).
public enum TranslatorType: UInt8, Hashable, Sendable, CustomStringConvertible {
  case siit = 1
  case nat64 = 2

  public var description: String { self == .siit ? "SIIT" : "NAT64" }
}

/// Where an instance is hooked into the kernel (`xf`).
public struct Framework: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let netfilter = Framework(rawValue: 4)
  public static let iptables = Framework(rawValue: 8)

  public var description: String {
    switch self {
    case .netfilter: "netfilter"
    case .iptables: "iptables"
    default: "unknown"
    }
  }
}

/// An instance's name: up to 15 ASCII bytes, none of them a control character. The empty name is legal.
public struct InstanceName: Hashable, Sendable, CustomStringConvertible {
  public let description: String

  /// `nil` unless the module would take `text`.
  public init?(_ text: String) {
    guard text.utf8.count <= 15, text.utf8.allSatisfy({ 32..<128 ~= $0 }) else { return nil }
    description = text
  }

  private init(literal: String) { description = literal }

  /// The name when the user gives none.
  public static let `default` = InstanceName(literal: "default")
}

/// One running translator, in any network namespace.
public struct InstanceEntry: Hashable, Sendable {
  /// Identifies the network namespace: the lower half of a kernel address.
  public var namespace: UInt32
  public var framework: Framework
  public var name: String

  public init(namespace: UInt32, framework: Framework, name: String) {
    self.namespace = namespace
    self.framework = framework
    self.name = name
  }
}
