internal import JoolCore
internal import OrderedCollections

/// A node that has nobody: it may be ready, but nobody could take over from it.
extension SessionProxy {
  /// Why no peer gets this node's sessions, as a sentence. `nil` if one does, as far as this node can know.
  ///
  /// A peer of our kind names in its hellos whom it has heard, so a node knows who hears it. A C proxy tells nothing of the
  /// kind and is silent while it has no news: one that was heard counts as company.
  package func loneliness(now: Instant) -> String? {
    guard let node, neighbours.legacyCount(now: now) == 0 else { return nil }
    let alive = node.peers.all.filter { $0.isAlive(at: now) }
    guard !alive.contains(where: { $0.hears(node.identity, at: now) }) else { return nil }
    let trouble = sending.trouble.map { " Sends fail (\($0))." } ?? ""
    return silence(of: node, alive, now: now) + trouble
  }

  private func silence(of node: SyncNode, _ alive: [SyncPeer], now: Instant) -> String {
    if !alive.isEmpty {
      let names = alive.compactMap(\.address).map(\.description).sorted().joined(separator: ", ")
      return "Peers are heard (\(names)), but none of them hears this node."
    }
    let unproven = node.peers.unvalidated.present(now: now).count
    if unproven > 0 {
      return "Hellos of other nodes (\(unproven)) are heard, but none of these nodes hears this one."
    }
    if let last = node.peers.all.max(by: { $0.lastHeard < $1.lastHeard }) {
      let name = last.address.map { "\($0)" } ?? "a peer"
      return "No peer is heard; the last one was \(name), \(Self.seconds(now - last.lastHeard)) ago."
    }
    let age = startedAt.map { ", \(Self.seconds(now - $0)) ago" } ?? ""
    let kind = format == .legacy ? "No C proxy (they are silent while they have no news)" : "No peer"
    return "\(kind) was heard since the start\(age)\(rejections)."
  }

  /// Peers that are heard but do not hear this node, although others do. Without others the node is alone.
  func unheardBy(now: Instant) -> [String] {
    guard let node, loneliness(now: now) == nil else { return [] }
    let deaf = node.peers.all.filter { $0.isAlive(at: now) && !$0.hears(node.identity, at: now) }
    return deaf.compactMap(\.address).map(\.description).sorted().map {
      "\($0) does not hear this node, although others do: what this node says reaches it only through them. "
        + "Check the network from here to there."
    }
  }

  /// What was heard instead.
  private var rejections: String {
    let names = ["UNSEALED", "UNKNOWN_KEYS", "FORGED", "REPLAYED", "MALFORMED", "STRANGE_ADDRESSES"]
    let rejected = counters.named.filter { names.contains($0.0) && $0.1 > 0 }.map { "\($0.0) \($0.1)" }
    return rejected.isEmpty
      ? ", nor anything else" : ", but datagrams that were rejected (\(rejected.joined(separator: ", ")))"
  }

  private static func seconds(_ duration: Duration) -> String { "\(duration.components.seconds) s" }
}
