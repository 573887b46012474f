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
  var text: String { "Jool \(since) removed --\(name). \(advice)" }

  static let all: [LegacyRemoval] =
    ["allow-atomic-fragments", "setDF", "genFH", "genID"].map {
      LegacyRemoval(
        name: $0, since: "3.5", advice: "Atomic fragments are deprecated (RFC 8021). Leave it out."
      )
    }
    + [
      LegacyRemoval(
        name: "boostMTU", since: "3.5",
        advice: "The minimum MTU of IPv6 is a variable now: global update lowest-ipv6-mtu."),
      LegacyRemoval(
        name: "logTime", since: "4.0",
        advice: "It printed measurements of a module built for benchmarks. Nothing replaces it. Leave it out."),
    ]
}
