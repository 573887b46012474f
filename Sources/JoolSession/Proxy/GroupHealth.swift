/// What keeps nodes of the group from taking over from each other, as far as it must be remembered.
struct GroupHealth: Sendable {
  /// The findings of the last comparison of settings.
  var compatibility: [String] = []
  /// The failures to send, link by link.
  var sending = SendHealth()
  /// The proxies that use another version of SS2.
  var otherVersions = OtherVersions()
  /// The time at which this proxy last detected a copy of itself.
  var copiedAt: Instant?
  /// The findings that the user has been told.
  private var reported: Set<String> = []

  /// The findings that the previous call did not contain.
  mutating func news(in findings: [String]) -> [String] {
    defer { reported = Set(findings) }
    return findings.filter { !reported.contains($0) }
  }
}
