import Glibc

/// The text form of a time of day.
enum TimeText {
  /// `2026-11-30T20:14:18Z`, from milliseconds since 1970.
  static func utc(_ milliseconds: UInt64) -> String {
    var (seconds, parts) = (time_t(clamping: milliseconds / 1000), tm())
    guard gmtime_r(&seconds, &parts) != nil else { return "\(milliseconds / 1000)" }
    func digits(_ number: Int32, _ count: Int = 2) -> String {
      let text = "\(number)"
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    let date = [digits(parts.tm_year + 1900, 4), digits(parts.tm_mon + 1), digits(parts.tm_mday)]
    let time = [digits(parts.tm_hour), digits(parts.tm_min), digits(parts.tm_sec)]
    return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "Z"
  }
}
