internal import JoolCore
internal import OrderedCollections

/// Detects that a node has no peer. It may be ready, but no other node could take over from it.
extension SessionProxy {
  /// The reason why no peer receives this node's sessions, as a sentence.
  ///
  /// `nil` if one does, as far as this node can know.
  ///
  /// The hellos of an SS2 peer list the nodes that it receives, so this node knows whether it is one of them. A C proxy
  /// sends no such list, and sends nothing while nothing changes. So a C proxy counts as a peer if anything was
  /// received from it.
  package func noPeerReason(now: Instant) -> String? {
    guard let node, peerFormats.legacyCount(now: now) == 0 else { return nil }
    let alive = node.peers.all.filter { $0.isAlive(at: now) }
    guard !alive.contains(where: { $0.hears(node.identity, at: now) }) else { return nil }
    let trouble = health.sending.trouble.map { " Sends fail (\($0))." } ?? ""
    return silence(of: node, alive, now: now) + trouble
  }

  private func silence(of node: SyncNode, _ alive: [SyncPeer], now: Instant) -> String {
    if !alive.isEmpty {
      let names = alive.compactMap(\.address).map(\.description).sorted().joined(separator: ", ")
      return "This node receives peers (\(names)), but none of them receives this node."
    }
    let unproven = node.peers.unvalidated.present(now: now).count
    if unproven > 0 {
      return "This node receives hellos of other nodes (\(unproven)), but none of them receives this node."
    }
    if let last = node.peers.all.max(by: { $0.lastHeard < $1.lastHeard }) {
      let name = last.address.map { "\($0)" } ?? "a peer"
      return "No peer is received; the last one was \(name), \(Self.seconds(now - last.lastHeard)) ago."
    }
    let age = module.startedAt.map { ", \(Self.seconds(now - $0)) ago" } ?? ""
    let kind = format == .legacy ? "No C proxy (C proxies send nothing while nothing changes)" : "No peer"
    return "\(kind) was received since the start\(age)\(rejections)."
  }

  /// A finding for each peer that is received but does not receive this node, although other peers do.
  ///
  /// If no peer does, `noPeerReason(now:)` reports that instead.
  func unreachedPeers(now: Instant) -> [String] {
    guard let node, noPeerReason(now: now) == nil else { return [] }
    let deaf = node.peers.all.filter { $0.isAlive(at: now) && !$0.hears(node.identity, at: now) }
    return deaf.compactMap(\.address).map(\.description).sorted().map {
      "\($0) does not receive this node, although others do. It gets this node's sessions only through them. "
        + "Check the network from this node to \($0)."
    }
  }

  /// The part of a sentence that names the datagrams which were received but rejected.
  private var rejections: String {
    let names = ["UNSEALED", "UNKNOWN_KEYS", "FORGED", "REPLAYED", "MALFORMED", "UNLISTED_ADDRESSES"]
    let rejected = counters.named.filter { names.contains($0.0) && $0.1 > 0 }.map { "\($0.0) \($0.1)" }
    return rejected.isEmpty
      ? ", nor any other datagram" : ", but datagrams were rejected (\(rejected.joined(separator: ", ")))"
  }

  private static func seconds(_ duration: TimeAmount) -> String { "\(duration.seconds) s" }
}
