internal import DequeModule
internal import JoolCore
internal import OrderedCollections

/// Finding where tables differ, and mending it.
extension SyncNode {
  static let bucketsPerGroup = 64
  static let groups = SessionDigest.bucketCount / bucketsPerGroup
  /// About how many sessions are sent in one exchange, 3 MB: more would hold up what is news. The rest follows with the next one.
  static let sessionsPerExchange = 65_536

  mutating func compareRoot(with node: UInt64, now: Instant) {
    guard let peer = peers[node], let hello = peer.hello else { return }
    table.expire(now: now)
    let isComparable = isReady && hello.isReady && peer.stream.isComplete
    let differs = isComparable && hello.rootDigest != table.rootDigest
    let isDue = peers[node]?.comparison.isDue(differs: differs, repairs: counters.repairs, now: now) ?? false
    if isDue, identity.node < node { send(.digests(first: 0, groupDigests), to: node) }
  }

  private var groupDigests: [UInt64] {
    (0..<Self.groups).map { buckets(of: $0).reduce(0, ^) }
  }

  private func buckets(of group: Int) -> [UInt64] {
    (0..<Self.bucketsPerGroup).map { table.digest(of: group * Self.bucketsPerGroup + $0) }
  }

  mutating func compare(groups: [UInt64], first: Int, from node: UInt64, now: Instant) {
    let ours = groupDigests
    for (offset, digest) in groups.enumerated() where first + offset < ours.count && ours[first + offset] != digest {
      // The next comparison asks for the rest.
      guard budget.take(1, now: now) == 1 else { return }
      send(.buckets(group: first + offset, buckets(of: first + offset)), to: node)
    }
  }

  mutating func compare(buckets theirs: [UInt64], of group: Int, from node: UInt64, now: Instant) {
    guard 0..<Self.groups ~= group else { return }
    table.expire(now: now)
    let first = group * Self.bucketsPerGroup
    let ours = buckets(of: group)
    let different = theirs.indices.filter { ours[$0] != theirs[$0] }.map { first + $0 }
    let most = SessionDigest.bucketCount * Self.sessionsPerExchange / max(table.count, 1)
    let room = repairs.isBusy ? 0 : most - (repairs.wanted[node]?.count ?? 0)
    repairs.wanted[node, default: []].formUnion(different.prefix(max(room, 0)))
  }

  /// Sends what peers lack, as the budget allows.
  mutating func sendRepairs(now: Instant) {
    collectRepairs(now: now)
    while let next = repairs.outgoing.first, budget.take(1, now: now) == 1 {
      repairs.outgoing.removeFirst()
      // As they are now: they may have waited.
      let records = next.sessions.compactMap { table.session(like: $0, now: now).map { SyncRecord($0) } }
      if let bucket = next.bucket {
        send(.repair(bucket: bucket.number, records), to: bucket.node)
      } else {
        send(updates: records, now: now)
      }
    }
  }

  /// Buckets that peers have otherwise. All that came at once are one pass through the table.
  private mutating func collectRepairs(now: Instant) {
    guard !repairs.wanted.isEmpty else { return }
    let wanted = repairs.wanted
    repairs.wanted = [:]
    flush(now: now)
    let contents = contents(of: wanted.values.reduce(into: Set()) { $0.formUnion($1) }, now: now)
    for (node, buckets) in wanted.sorted(by: { $0.key < $1.key }) {
      for bucket in buckets.sorted() {
        repairs.queue(contents[bucket] ?? [], to: (node, bucket), records: path.records)
      }
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
    for record in records where merge(record, origin: index, now: now) { counters.repairs += 1 }
    for record in records { repairs.heard[bucket, default: [:]][SessionKey(record.session)] = record.version }
    if records.isEmpty { repairs.heard[bucket] = repairs.heard[bucket] ?? [:] }
    repairs.latest = repairs.latest ?? now + Repairs.patience
    repairs.deadline = min(now + Repairs.delay, repairs.latest ?? now)
  }

  /// Sends what the peer lacks or has older, which ends the exchange: it then lacks nothing. To everybody, as updates.
  mutating func finishRepairs(now: Instant) {
    guard let deadline = repairs.deadline, deadline <= now else { return }
    flush(now: now)
    var lacking: [SyncRecord] = []
    for (bucket, records) in contents(of: repairs.heard.keys, now: now) {
      let theirs = repairs.heard[bucket] ?? [:]
      lacking += records.filter { record in
        theirs[SessionKey(record.session)].map { record.version > $0 } ?? true
      }
    }
    repairs.heard = [:]
    (repairs.deadline, repairs.latest) = (nil, nil)
    if !lacking.isEmpty { repairs.queue(lacking, records: path.records) }
    sendRepairs(now: now)
  }
}

/// Buckets that a peer is sending, gathered so that the table is read once for all of them.
struct Repairs: Sendable {
  static let delay = Duration.milliseconds(20)
  /// Whoever never stops is answered after this long.
  static let patience = Duration.seconds(1)

  /// Buckets that differ from a peer's, which gets ours.
  var wanted: [UInt64: Set<Int>] = [:]
  /// What waits for room in the budget.
  var outgoing: Deque<Outgoing> = []
  /// The versions that the peer has, by bucket.
  var heard: [Int: [SessionKey: Version]] = [:]
  var deadline: ContinuousClock.Instant?
  /// What the deadline is not put off beyond.
  var latest: ContinuousClock.Instant?

  /// One frame.
  struct Outgoing: Sendable {
    /// `nil`: an update, for everybody.
    var bucket: (node: UInt64, number: Int)?
    var sessions: [SessionEntry]
  }

  /// Whether so much waits that there is no use in asking for more.
  var isBusy: Bool { outgoing.count >= 2 * SessionDigest.bucketCount }

  /// A bucket's sessions, at least one frame; or sessions for everybody.
  mutating func queue(_ sessions: [SyncRecord], to bucket: (node: UInt64, number: Int)? = nil, records: Int) {
    guard !isBusy else { return }
    var rest = sessions[...]
    repeat {
      outgoing.append(Outgoing(bucket: bucket, sessions: rest.prefix(records).map(\.session)))
      rest = rest.dropFirst(records)
    } while !rest.isEmpty
  }
}

/// When a root digest that differs from a peer's is worth an exchange. Sessions die some milliseconds apart, and updates are on
/// their way: on a busy node the roots hardly ever are the same, though nothing is wrong.
struct RootComparison: Sendable {
  /// A difference must last as long.
  static let patience = Duration.seconds(1)
  static let shortestPause = Duration.seconds(2)
  static let longestPause = Duration.seconds(64)

  private var since: ContinuousClock.Instant?
  private var next: ContinuousClock.Instant?
  private var pause = RootComparison.shortestPause
  /// How many sessions had been repaired at the last exchange.
  private var repairs: UInt64 = 0

  /// - Parameter repairs: how many sessions have been repaired so far. Exchanges that repair nothing come less and less often.
  mutating func isDue(differs: Bool, repairs: UInt64, now: ContinuousClock.Instant) -> Bool {
    guard differs else {
      since = nil
      return false
    }
    guard let since else {
      since = now
      return false
    }
    guard now - since >= Self.patience, next.map({ $0 <= now }) ?? true else { return false }
    pause = next == nil || repairs > self.repairs ? Self.shortestPause : min(pause * 2, Self.longestPause)
    (self.repairs, next, self.since) = (repairs, now + pause, nil)
    return true
  }
}
