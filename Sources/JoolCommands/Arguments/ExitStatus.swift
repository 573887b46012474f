/// A program's exit status: the low eight bits of an internal error number, as in the C client.
public struct ExitStatus: RawRepresentable, Hashable, Sendable {
  /// The status as a number; 0 means success.
  public var rawValue: UInt8

  /// Makes a status from the number that the shell will get.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The low eight bits of an error number: −22 becomes 234.
  init(truncating number: Int32) { rawValue = UInt8(truncatingIfNeeded: number) }

  /// The command succeeded.
  public static let success = ExitStatus(rawValue: 0)
  /// Options or the number of arguments are wrong (`EX_USAGE`).
  static let usage = ExitStatus(rawValue: 64)
  /// The client rejected the words or values (−`EINVAL`).
  static let invalid = ExitStatus(truncating: -22)
  /// A value is not an unsigned integer.
  static let notInteger = ExitStatus(rawValue: 1)
  /// The proxy runs, but may not take over (`session proxy status --ready`).
  static let notReady = ExitStatus(rawValue: 1)
  /// The group's settings do not fit (`session proxy --check`).
  static let unfitGroup = ExitStatus(rawValue: 1)
  /// `find` has found nothing, as with grep(1).
  static let nothingFound = ExitStatus(rawValue: 1)
  /// `remove` has found nothing that fits, or nothing that it may remove, or was refused by the proxy.
  static let notRemoved = ExitStatus(rawValue: 1)
  /// `restore` could not restore some sessions, or the file of `save` or `restore` cannot be used.
  static let notRestored = ExitStatus(rawValue: 1)
  /// `diff` has found differences, as with diff(1).
  static let different = ExitStatus(rawValue: 1)
  /// `diff` could not compare, as with diff(1).
  static let notCompared = ExitStatus(rawValue: 2)
  /// `apply` could not make the instance that of the file.
  static let notApplied = ExitStatus(rawValue: 1)
  /// `apply` has changed the instance, or would change it.
  static let changed = ExitStatus(rawValue: 2)
  /// `doctor` has findings.
  static let unhealthy = ExitStatus(rawValue: 1)
  /// An integer that needs more than 64 bits (`ERANGE`).
  static let integerTooLong = ExitStatus(rawValue: 34)
  /// The request is larger than the client accepts without `--force` (−`E2BIG`).
  static let tooMuch = ExitStatus(truncating: -7)
  /// The kernel module is not loaded (−`ESRCH`).
  static let noModule = ExitStatus(truncating: -3)
}
