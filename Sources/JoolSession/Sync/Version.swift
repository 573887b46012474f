/// The version of a record: 44 bits of milliseconds since 1970, 10 bits of a counter for records that a node makes
/// within one millisecond, and 10 bits for the node (its tag).
///
/// Two nodes that hear each other never use the same version.
///
/// Versions are compared as numbers. They do not wrap: a record of forty days ago is older than one of now.
public struct Version: RawRepresentable, Hashable, Comparable, Sendable {
  /// The version of a C proxy's record to which no node has assigned one yet.
  ///
  /// All other versions are newer.
  public static let unassigned = Version(rawValue: 0)
  /// The exclusive upper bound of versions on the wire (reached in the year 2248).
  ///
  /// It makes sure that the clock can always produce a later version.
  static let limit: UInt64 = 1 << 63
  /// The number of tags, which are 0 to 1023.
  static let tags: UInt64 = 1 << 10

  private static let millisecondsShift: UInt64 = 20

  /// The version as a number of 64 bits.
  public let rawValue: UInt64

  /// Makes a version from its 64 bits.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The first version of a node in a millisecond.
  /// - Parameters:
  ///   - milliseconds: the milliseconds since 1970. Times that are too late become the latest possible one.
  ///   - tag: the node's tag. Only the lowest 10 bits count.
  init(milliseconds: UInt64, tag: UInt16) {
    let latest = Self.limit >> Self.millisecondsShift - 1
    rawValue = min(milliseconds, latest) << Self.millisecondsShift | UInt64(tag) % Self.tags
  }

  /// The milliseconds since 1970.
  var milliseconds: UInt64 { rawValue >> Self.millisecondsShift }

  var tag: UInt16 { UInt16(truncatingIfNeeded: rawValue % Self.tags) }

  /// Whether the left version is older.
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
