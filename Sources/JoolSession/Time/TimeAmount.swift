/// A length of time, negative ones included, in whole nanoseconds.
///
/// `Duration` means the same, but counts attoseconds in 128 bits, and much of its arithmetic is calls into the runtime.
/// This type is a plain number, so constants of it are compiled in.
///
/// Lengths of more than 292 years are not possible. They become the longest one.
public struct TimeAmount: DurationProtocol, Hashable {
  /// The number of nanoseconds.
  public let nanoseconds: Int64

  private init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  @usableFromInline
  init(_ count: Int64, nanosecondsEach: Int64) { nanoseconds = count.multipliedClamped(by: nanosecondsEach) }

  /// No time.
  public static let zero = Self(nanoseconds: 0)

  /// A number of nanoseconds.
  @inlinable
  public static func nanoseconds(_ count: some BinaryInteger) -> Self {
    Self(Int64(clamping: count), nanosecondsEach: 1)
  }

  /// A number of microseconds.
  @inlinable
  public static func microseconds(_ count: some BinaryInteger) -> Self {
    Self(Int64(clamping: count), nanosecondsEach: 1000)
  }

  /// A number of milliseconds.
  @inlinable
  public static func milliseconds(_ count: some BinaryInteger) -> Self {
    Self(Int64(clamping: count), nanosecondsEach: 1_000_000)
  }

  /// A number of seconds.
  @inlinable
  public static func seconds(_ count: some BinaryInteger) -> Self {
    Self(Int64(clamping: count), nanosecondsEach: 1_000_000_000)
  }

  /// A number of seconds, rounded towards zero to nanoseconds.
  public static func seconds(_ count: Double) -> Self { Self(.seconds(count)) }

  /// Converts a duration, rounded towards zero to nanoseconds.
  public init(_ duration: Duration) { nanoseconds = Int64(clamping: duration.attoseconds / 1_000_000_000) }

  // MARK: Parts

  /// The whole milliseconds, rounded towards zero.
  package var milliseconds: Int64 { nanoseconds / 1_000_000 }

  /// The whole microseconds, rounded towards zero.
  package var microseconds: Int64 { nanoseconds / 1000 }

  /// The whole seconds, rounded towards zero.
  package var seconds: Int64 { nanoseconds / 1_000_000_000 }

  // MARK: Arithmetic

  /// The sum.
  public static func + (left: Self, right: Self) -> Self {
    Self(nanoseconds: left.nanoseconds.addingClamped(right.nanoseconds))
  }

  /// The difference.
  public static func - (left: Self, right: Self) -> Self {
    Self(nanoseconds: left.nanoseconds.subtractingClamped(right.nanoseconds))
  }

  /// The amount `factor` times.
  public static func * (amount: Self, factor: Int) -> Self {
    Self(nanoseconds: amount.nanoseconds.multipliedClamped(by: Int64(factor)))
  }

  /// The quotient, rounded towards zero to nanoseconds.
  ///
  /// The divisor must not be 0.
  public static func / (amount: Self, divisor: Int) -> Self {
    Self(
      nanoseconds: divisor == -1 ? Int64(0).subtractingClamped(amount.nanoseconds) : amount.nanoseconds / Int64(divisor)
    )
  }

  /// How many times the right amount fits the left one.
  public static func / (left: Self, right: Self) -> Double { Double(left.nanoseconds) / Double(right.nanoseconds) }

  /// Whether the left amount is shorter.
  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension TimeAmount: CustomStringConvertible {
  /// The amount in seconds, such as `0.25 s`.
  public var description: String { "\(self / .seconds(1)) s" }
}

extension Duration {
  /// Converts an amount of time.
  public init(_ amount: TimeAmount) { self = .nanoseconds(amount.nanoseconds) }
}

extension Int64 {
  /// The sum, or the nearest possible number.
  func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }

  /// The product, or the nearest possible number.
  fileprivate func multipliedClamped(by other: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? ((self < 0) == (other < 0) ? .max : .min) : product
  }

  /// The difference, or the nearest possible number.
  func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
