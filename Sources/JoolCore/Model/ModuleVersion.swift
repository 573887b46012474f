/// A release of Jool, `4.1.13.0`: major, minor, revision, development.
public struct ModuleVersion: Hashable, Comparable, Sendable, TextCodable {
  /// The four parts of the version, one byte each on the wire.
  public let major, minor, revision, development: UInt8

  /// Creates a version from its parts.
  public init(_ major: UInt8, _ minor: UInt8, _ revision: UInt8, _ development: UInt8 = 0) {
    self.major = major
    self.minor = minor
    self.revision = revision
    self.development = development
  }

  /// Parses a version of three or four decimal parts: `4.1.13` or `4.1.13.0`.
  ///
  /// `nil` for any other text.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard 3...4 ~= parts.count, let major = parts[0], let minor = parts[1], let revision = parts[2],
      let development = parts.count == 4 ? parts[3] : 0
    else { return nil }
    self.init(major, minor, revision, development)
  }

  /// The release on which the wire formats and the command line are modelled.
  public static let newestKnown = ModuleVersion(4, 1, 15)

  /// The oldest release that this library supports.
  ///
  /// Older modules are refused, because the header of requests got its present form in this release.
  public static let oldestSupported = ModuleVersion(4, 1, 5)

  /// Whether this library supports the release: 4.1.5 up to the last 4.1.
  public var isSupported: Bool { major == 4 && minor == 1 && self >= .oldestSupported }

  /// The version as a big-endian integer, as on the wire: 4.1.13.0 is `0x0401_0D00`.
  public var rawValue: UInt32 {
    UInt32(major) << 24 | UInt32(minor) << 16 | UInt32(revision) << 8 | UInt32(development)
  }

  /// Creates a version from its integer.
  public init(rawValue: UInt32) {
    self.init(
      UInt8(truncatingIfNeeded: rawValue >> 24), UInt8(truncatingIfNeeded: rawValue >> 16),
      UInt8(truncatingIfNeeded: rawValue >> 8), UInt8(truncatingIfNeeded: rawValue))
  }

  /// Whether `left` is the older release.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The version as four decimal parts: `4.1.13.0`.
  public var description: String { "\(major).\(minor).\(revision).\(development)" }
}
