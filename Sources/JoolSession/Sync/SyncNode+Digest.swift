internal import JoolCore

/// Finding where tables differ, and mending it.
extension SyncNode {
  /// Differences must last: sessions die some milliseconds apart, and updates are on their way.
  static let differencesBeforeRepair = 2
  static let bucketsPerGroup = 64
  static let groups = SessionDigest.bucketCount / bucketsPerGroup

  mutating func compareRoot(with node: UInt64, now: Instant) {
    guard var peer = peers[node], let hello = peer.hello else { return }
    let isPending = !peer.stream.isComplete || !pending.isEmpty
    let differs = isReady && hello.isReady && !isPending && hello.rootDigest != table.rootDigest
    peer.differences = differs ? peer.differences + 1 : 0
    if peer.differences >= Self.differencesBeforeRepair, identity.node < node {
      peer.differences = 0
      send(.digests(first: 0, groupDigests), to: node)
    }
    peers[node] = peer
  }

  private var groupDigests: [UInt64] {
    (0..<Self.groups).map { buckets(of: $0).reduce(0, ^) }
  }

  private func buckets(of group: Int) -> [UInt64] {
    (0..<Self.bucketsPerGroup).map { table.digest(of: group * Self.bucketsPerGroup + $0) }
  }

  mutating func compare(groups: [UInt64], first: Int, from node: UInt64) {
    let ours = groupDigests
    for (offset, digest) in groups.enumerated() where first + offset < ours.count && ours[first + offset] != digest {
      send(.buckets(group: first + offset, buckets(of: first + offset)), to: node)
    }
  }

  mutating func compare(buckets theirs: [UInt64], of group: Int, from node: UInt64, now: Instant) {
    guard 0..<Self.groups ~= group else { return }
    let first = group * Self.bucketsPerGroup
    let ours = buckets(of: group)
    let different = Set(theirs.indices.filter { ours[$0] != theirs[$0] }.map { first + $0 })
    for (bucket, sessions) in contents(of: different, now: now) {
      var rest = sessions[...]
      repeat {
        send(.repair(bucket: bucket, Array(rest.prefix(SyncFrame.recordsPerFrame))), to: node)
        rest = rest.dropFirst(SyncFrame.recordsPerFrame)
      } while !rest.isEmpty
    }
  }

  /// Buckets with their sessions, the empty ones included. One pass through the table for all of them.
  private func contents(of buckets: Set<Int>, now: Instant) -> [Int: [SessionEntry]] {
    var contents = Dictionary(uniqueKeysWithValues: buckets.map { ($0, [SessionEntry]()) })
    guard !buckets.isEmpty else { return contents }
    table.forEach(inBuckets: buckets.contains, now: now) { session, bucket in contents[bucket]?.append(session.entry) }
    return contents
  }

  /// A bucket as the peer has it, or a part of it.
  mutating func receive(repair sessions: [SessionEntry], of bucket: Int, from node: UInt64, now: Instant) {
    guard 0..<SessionDigest.bucketCount ~= bucket, let index = peers[node]?.index else { return }
    for session in sessions where accept(session, origin: index, inOrder: false, now: now) { counters.repairs += 1 }
    repairs.heard[bucket, default: []].formUnion(sessions.map(SessionKey.init))
    repairs.deadline = now + Repairs.delay
  }

  /// Sends back what the peer lacks, which ends the exchange: it then lacks nothing. To everybody, as updates.
  mutating func finishRepairs(now: Instant) {
    guard let deadline = repairs.deadline, deadline <= now else { return }
    for (bucket, sessions) in contents(of: Set(repairs.heard.keys), now: now) {
      let theirs = repairs.heard[bucket] ?? []
      pending += sessions.filter { !theirs.contains(SessionKey($0)) }
    }
    repairs = Repairs()
  }
}

/// Buckets that a peer is sending, gathered so that the table is read once for all of them.
struct Repairs: Sendable {
  static let delay = Duration.milliseconds(20)

  /// The sessions that the peer has, by bucket.
  var heard: [Int: Set<SessionKey>] = [:]
  var deadline: ContinuousClock.Instant?
}
