/// The two kinds of translators (`xt` in the Jool header).
public enum TranslatorType: UInt8, CaseIterable, Hashable, Sendable, LosslessStringConvertible, Codable {
  /// A stateless translator (RFC 7915).
  case siit = 1
  /// A stateful translator (RFC 6146).
  case nat64 = 2

  /// Parses `SIIT` or `NAT64`, in upper or lower case.
  ///
  /// `nil` for any other text.
  public init?(_ text: some StringProtocol) {
    let name = text.uppercased()
    guard let type = Self.allCases.first(where: { $0.description == name }) else { return nil }
    self = type
  }

  /// `SIIT` or `NAT64`.
  public var description: String { self == .siit ? "SIIT" : "NAT64" }

  /// Decodes the text form.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the field and the text, if the text has another form.
  public init(from decoder: any Decoder) throws { self = try decoder.decodeText { Self($0) } }

  /// Encodes the text form.
  public func encode(to encoder: any Encoder) throws { try encoder.encodeText(description) }
}

/// The kernel framework that an instance is hooked into (`xf`).
public struct Framework: RawRepresentable, Hashable, Sendable, CustomStringConvertible, Codable {
  /// The kernel's number of the framework.
  public let rawValue: UInt8

  /// Creates a framework from the kernel's number.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The hooks of Netfilter: all packets of the network namespace reach the instance.
  public static let netfilter = Framework(rawValue: 4)
  /// The iptables target: only packets that match a rule reach the instance.
  public static let iptables = Framework(rawValue: 8)

  /// `netfilter`, `iptables` or `unknown`.
  public var description: String {
    switch self {
    case .netfilter: "netfilter"
    case .iptables: "iptables"
    default: "unknown"
    }
  }

  private static let named = [netfilter, iptables]

  /// Decodes a name, or the number of a value without a name.
  ///
  /// - Throws: `DecodingError.dataCorrupted` with the field and the text, for any other text.
  public init(from decoder: any Decoder) throws { self = try decoder.decodeNameOrNumber(Self.named) }

  /// Encodes the name, or the number of a value without a name.
  public func encode(to encoder: any Encoder) throws { try encoder.encodeNameOrNumber(self, Self.named) }
}

/// An instance's name: up to 15 ASCII bytes, none of them a control character.
///
/// The empty name is legal.
public struct InstanceName: Hashable, Sendable, TextCodable {
  /// The name itself.
  public let description: String

  /// Creates a name.
  ///
  /// `nil` unless the module would accept `text`.
  public init?(_ text: String) {
    guard text.utf8.count <= 15, text.utf8.allSatisfy({ 32..<128 ~= $0 }) else { return nil }
    description = text
  }

  private init(literal: String) { description = literal }

  /// The name `default`, which applies if the user specifies none.
  public static let `default` = InstanceName(literal: "default")
}

/// One running translator, in any network namespace.
public struct InstanceEntry: Hashable, Sendable, Codable {
  /// An identifier of the network namespace: the lower half of a kernel address.
  public var namespace: UInt32
  /// The framework that the instance is hooked into.
  public var framework: Framework
  /// The instance's name.
  public var name: InstanceName

  /// Creates an entry.
  public init(namespace: UInt32, framework: Framework, name: InstanceName) {
    self.namespace = namespace
    self.framework = framework
    self.name = name
  }
}
