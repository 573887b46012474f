/// Whether what is sent gets out, link by link. Hellos leave each second, so that a broken link shows soon.
package struct SendHealth: Sendable {
  /// Failures that last longer are a finding.
  static let patience = Duration.seconds(5)

  private struct Failure {
    let since: Instant
    var reason: String
  }

  private let links: [String]
  /// By the index of the link.
  private var failures: [Int: Failure] = [:]

  /// - Parameter links: their names, for people.
  package init(links: [String] = []) { self.links = links }

  package mutating func sent(on link: Int) {
    if !failures.isEmpty { failures[link] = nil }
  }

  package mutating func failed(on link: Int, because reason: String, now: Instant) {
    failures[link] = Failure(since: failures[link]?.since ?? now, reason: reason)
  }

  /// Why the last datagram did not leave on some links. `nil` if it left on all.
  var trouble: String? {
    guard !failures.isEmpty else { return nil }
    return failures.sorted { $0.key < $1.key }.map { "\(name(of: $0)): \($1.reason)" }.joined(separator: "; ")
  }

  /// A sentence for each link on which nothing has left for `patience`. It stays the same as long as the reason does.
  func findings(now: Instant) -> [String] {
    failures.sorted { $0.key < $1.key }.filter { now - $1.since >= Self.patience }.map {
      "Nothing can be sent to \(name(of: $0)): \($1.reason). Peers do not get this node's sessions over this link."
    }
  }

  private func name(of link: Int) -> String { links.indices.contains(link) ? links[link] : "link \(link + 1)" }
}
