internal import JoolCore
internal import OrderedCollections

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
    let different = theirs.indices.filter { ours[$0] != theirs[$0] }.map { first + $0 }
    for (bucket, sessions) in contents(of: different, now: now) {
      var rest = sessions[...]
      repeat {
        send(.repair(bucket: bucket, Array(rest.prefix(path.records))), to: node)
        rest = rest.dropFirst(path.records)
      } while !rest.isEmpty
    }
  }

  /// Buckets with their sessions, the empty ones included. One pass through the table for all of them.
  private func contents(of buckets: some Sequence<Int>, now: Instant) -> OrderedDictionary<Int, [SyncRecord]> {
    var contents = OrderedDictionary(uniqueKeysWithValues: buckets.sorted().map { ($0, [SyncRecord]()) })
    guard !contents.isEmpty else { return contents }
    table.forEach(inBuckets: { contents[$0] != nil }, now: now) { contents[$1]?.append(SyncRecord($0)) }
    return contents
  }

  /// A bucket as the peer has it, or a part of it.
  mutating func receive(repair records: [SyncRecord], of bucket: Int, from node: UInt64, now: Instant) {
    guard 0..<SessionDigest.bucketCount ~= bucket, let index = peers[node]?.index else { return }
    for record in records where accept(record, origin: index, now: now) { counters.repairs += 1 }
    for record in records { repairs.heard[bucket, default: [:]][SessionKey(record.session)] = record.version }
    if records.isEmpty { repairs.heard[bucket] = repairs.heard[bucket] ?? [:] }
    repairs.deadline = now + Repairs.delay
  }

  /// Sends what the peer lacks or has older, which ends the exchange: it then lacks nothing. To everybody, as updates.
  mutating func finishRepairs(now: Instant) {
    guard let deadline = repairs.deadline, deadline <= now else { return }
    flush(now: now)
    var lacking: [SyncRecord] = []
    for (bucket, records) in contents(of: repairs.heard.keys, now: now) {
      let theirs = repairs.heard[bucket] ?? [:]
      lacking += records.filter { record in
        theirs[SessionKey(record.session)].map { record.version.isLater(than: $0) } ?? true
      }
    }
    repairs = Repairs()
    send(updates: lacking, now: now)
  }
}

/// Buckets that a peer is sending, gathered so that the table is read once for all of them.
struct Repairs: Sendable {
  static let delay = Duration.milliseconds(20)

  /// The versions that the peer has, by bucket.
  var heard: [Int: [SessionKey: UInt32]] = [:]
  var deadline: ContinuousClock.Instant?
}
