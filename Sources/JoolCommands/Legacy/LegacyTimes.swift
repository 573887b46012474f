/// The text forms of times that 3.5 printed.
enum LegacyTimes {
  /// `2 minutes, 57 seconds`: the two largest units, without singular forms.
  static func friendly(milliseconds: UInt32) -> String {
    let seconds = milliseconds / 1000
    return switch seconds {
    case 0: "\(milliseconds) milliseconds"
    case ..<60: "\(seconds) seconds"
    case ..<3600: "\(seconds / 60) minutes, \(seconds % 60) seconds"
    default: "\(seconds / 3600) hours, \(seconds / 60 % 60) minutes"
    }
  }

  /// `00:02:57.40`: hours, minutes, seconds and milliseconds.
  ///
  /// The milliseconds are not padded.
  static func csv(milliseconds: UInt32) -> String {
    let seconds = milliseconds / 1000
    let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60].map { $0 < 10 ? "0\($0)" : String($0) }
    return parts.joined(separator: ":") + ".\(milliseconds % 1000)"
  }
}
