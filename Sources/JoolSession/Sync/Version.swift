/// When something was said about a session, and by whom: 44 bits of milliseconds since 1970, 10 bits that count what
/// one node says within a millisecond, and 10 bits for the node (its tag). Two nodes that hear each other never say the
/// same version.
///
/// Versions are compared as numbers. They do not wrap: what was said forty days ago is older than what is said now.
public struct Version: RawRepresentable, Hashable, Comparable, Sendable {
  /// Of a C proxy's word that no node has said yet. Everything that was said is newer.
  public static let unsaid = Version(rawValue: 0)
  /// A version on the wire is below this (in the year 2248), so that the clock can always go on from it.
  static let limit: UInt64 = 1 << 63
  /// There are tags from 0 to 1023.
  static let tags: UInt64 = 1 << 10

  private static let millisecondsShift: UInt64 = 20

  public let rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The first version of a node in a millisecond.
  /// - Parameters:
  ///   - milliseconds: since 1970; what is too late becomes the latest that there is.
  ///   - tag: the lowest 10 bits count.
  init(milliseconds: UInt64, tag: UInt16) {
    let latest = Self.limit >> Self.millisecondsShift - 1
    rawValue = min(milliseconds, latest) << Self.millisecondsShift | UInt64(tag) % Self.tags
  }

  /// Since 1970.
  var milliseconds: UInt64 { rawValue >> Self.millisecondsShift }

  var tag: UInt16 { UInt16(truncatingIfNeeded: rawValue % Self.tags) }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
