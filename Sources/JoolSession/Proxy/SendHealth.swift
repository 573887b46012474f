/// The failures to send, link by link.
///
/// Hellos are sent each second, so a broken link is noticed soon.
package struct SendHealth: Sendable {
  /// The duration from which on a failure is reported as a finding.
  static let failureTimeout = TimeAmount.seconds(5)

  private struct Failure {
    let since: Instant
    var reason: String
  }

  private let links: [String]
  /// The present failures, by the index of the link.
  private var failures: [Int: Failure] = [:]

  /// Creates a value without failures.
  /// - Parameter links: the names of the links, as findings print them.
  package init(links: [String] = []) { self.links = links }

  /// Notes that a datagram was sent on a link, which ends the link's failure.
  package mutating func sent(on link: Int) {
    if !failures.isEmpty { failures[link] = nil }
  }

  /// Notes that a datagram could not be sent on a link.
  /// - `reason`: the error, as findings print it.
  package mutating func failed(on link: Int, because reason: String, now: Instant) {
    failures[link] = Failure(since: failures[link]?.since ?? now, reason: reason)
  }

  /// The links on which the last datagram could not be sent, with the reasons.
  ///
  /// `nil` if it was sent on all links.
  var trouble: String? {
    guard !failures.isEmpty else { return nil }
    return failures.sorted { $0.key < $1.key }.map { "\(name(of: $0)): \($1.reason)" }.joined(separator: "; ")
  }

  /// A sentence for each link on which nothing could be sent for `failureTimeout`.
  ///
  /// It stays the same as long as the reason does.
  func findings(now: Instant) -> [String] {
    failures.sorted { $0.key < $1.key }.filter { now - $1.since >= Self.failureTimeout }.map {
      "Nothing can be sent to \(name(of: $0)): \($1.reason). Peers do not receive this node's sessions over this link."
    }
  }

  private func name(of link: Int) -> String { links.indices.contains(link) ? links[link] : "link \(link + 1)" }
}
