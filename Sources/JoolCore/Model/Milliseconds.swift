/// A time span as the module counts it: whole milliseconds in 32 bits (49.7 days at most).
public struct Milliseconds: RawRepresentable, Hashable, Comparable, Sendable {
  public let rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  public var duration: Duration { .milliseconds(rawValue) }
}
