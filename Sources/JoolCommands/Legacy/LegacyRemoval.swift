import JoolCore

/// An option that has no meaning for a module of today.
struct LegacyRemoval: Hashable, Sendable {
  var name: String
  /// The program that had it; both if `nil`.
  var onlyIn: TranslatorType?
  /// Since when it is gone.
  var since: String
  /// What to do instead.
  var advice: String

  /// One sentence for each, and what to do.
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
