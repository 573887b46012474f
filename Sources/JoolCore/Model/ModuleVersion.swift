/// A release of Jool, `4.1.13.0`: major, minor, revision, development.
public struct ModuleVersion: Hashable, Comparable, Sendable, CustomStringConvertible, LosslessStringConvertible {
  public let major, minor, revision, development: UInt8

  public init(_ major: UInt8, _ minor: UInt8, _ revision: UInt8, _ development: UInt8 = 0) {
    self.major = major
    self.minor = minor
    self.revision = revision
    self.development = development
  }

  /// Three or four decimal parts: `4.1.13` or `4.1.13.0`.
  public init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    guard 3...4 ~= parts.count, let major = parts[0], let minor = parts[1], let revision = parts[2],
      let development = parts.count == 4 ? parts[3] : 0
    else { return nil }
    self.init(major, minor, revision, development)
  }

  /// The release that the bytes on the wire and the command line were modelled on.
  public static let newestKnown = ModuleVersion(4, 1, 15)

  /// The header of requests has had its present form since this release; older modules are refused.
  public static let oldestSupported = ModuleVersion(4, 1, 5)

  /// Whether this library speaks to it: 4.1.5 up to the last 4.1.
  public var isSupported: Bool { major == 4 && minor == 1 && self >= .oldestSupported }

  /// Big-endian as on the wire: 4.1.13.0 is `0x0401_0D00`.
  public var rawValue: UInt32 {
    UInt32(major) << 24 | UInt32(minor) << 16 | UInt32(revision) << 8 | UInt32(development)
  }

  public init(rawValue: UInt32) {
    self.init(
      UInt8(truncatingIfNeeded: rawValue >> 24), UInt8(truncatingIfNeeded: rawValue >> 16),
      UInt8(truncatingIfNeeded: rawValue >> 8), UInt8(truncatingIfNeeded: rawValue))
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var description: String { "\(major).\(minor).\(revision).\(development)" }
}
