/// The status a program leaves with: the low eight bits of an internal error number, as the C client does it.
public struct ExitStatus: RawRepresentable, Hashable, Sendable {
  /// 0 for success.
  public var rawValue: UInt8

  /// The status as the shell will see it.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The low eight bits of an error number: −22 becomes 234.
  init(truncating number: Int32) { rawValue = UInt8(truncatingIfNeeded: number) }

  /// Everything was done.
  public static let success = ExitStatus(rawValue: 0)
  /// Options or the number of arguments are wrong (`EX_USAGE`).
  static let usage = ExitStatus(rawValue: 64)
  /// The client found the words or values wrong (−`EINVAL`).
  static let invalid = ExitStatus(truncating: -22)
  /// Something that is not an unsigned integer.
  static let notInteger = ExitStatus(rawValue: 1)
  /// The proxy runs, but may not take over (`session proxy status --ready`).
  static let notReady = ExitStatus(rawValue: 1)
  /// The group's settings do not fit (`session proxy --check`).
  static let unfitGroup = ExitStatus(rawValue: 1)
  /// An integer that needs more than 64 bits (`ERANGE`).
  static let integerTooLong = ExitStatus(rawValue: 34)
  /// More than the client does without `--force` (−`E2BIG`).
  static let tooMuch = ExitStatus(truncating: -7)
  /// The kernel has no Jool (−`ESRCH`).
  static let noModule = ExitStatus(truncating: -3)
}
