import JoolCore

/// An option of old releases that has no equivalent in today's modules.
struct LegacyRemoval: Hashable, Sendable {
  var name: String
  /// The only program that had the option; both had it if `nil`.
  var onlyIn: TranslatorType?
  /// The release that removed the option.
  var since: String
  /// The advice about a replacement.
  var advice: String

  /// A sentence that names the option and the release, followed by the advice.
  var text: String { "--\(name) is gone since Jool \(since). \(advice)" }

  static let all: [LegacyRemoval] =
    ["allow-atomic-fragments", "setDF", "genFH", "genID"].map {
      LegacyRemoval(
        name: $0, since: "3.5", advice: "Atomic fragments are deprecated (RFC 8021); nothing replaces it: leave it out."
      )
    }
    + [
      LegacyRemoval(
        name: "boostMTU", since: "3.5",
        advice: "The least MTU of IPv6 is a variable of its own now: global update lowest-ipv6-mtu."),
      LegacyRemoval(
        name: "logTime", since: "4.0",
        advice: "It read the times that a module built for benchmarks had measured; nothing replaces it: leave it out."),
    ]
}
