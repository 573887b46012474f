import JoolCore
import JoolSession

/// The core of a mirror.
extension NodeUnderTest {
  static func settings(of mirror: MirrorPlan, _ plan: NodePlan) -> MirrorSettings {
    guard mirror.isConfigured else { return MirrorSettings() }
    return MirrorSettings(pool6: AddressPlan.pool6(ofGroup: plan.group), limits: limits(plan.timeouts))
  }

  /// Whether the mirror knows pool6, without which it has no table.
  var knowsPool6: Bool { proxy.kernel != nil }

  var hasSessions: Bool { (proxy.table?.count ?? 0) > 0 }

  /// Whether the mirror has just found pool6, so that `updateMirror` should be called at once.
  var canJoin: Bool { proxy.canJoin }

  mutating func updateMirror(_ time: Time) {
    _ = proxy.updateMirror(clock: UInt64(clamping: time.wall), now: time.now)
  }

  /// The bytes of a snapshot of the table; `nil` if there is no table.
  mutating func snapshot(number: UInt64, at moment: SnapshotMoment, _ time: Time) -> [UInt8]? {
    guard var encoder = proxy.encodeSnapshot(number: number, at: moment, now: time.now) else { return nil }
    var bytes: [UInt8] = []
    while let block = encoder.next() { bytes += block }
    return bytes
  }

  /// Restores a snapshot into a mirror that has just started.
  /// - Returns: whether the snapshot could be read.
  mutating func restore(_ saved: SavedSnapshot, at moment: SnapshotMoment, _ time: Time, _ lie: Lie?) -> Bool {
    guard (try? proxy.check(saved.snapshot)) != nil else { return false }
    let elapsed = lie == .restoresOldTimes ? 0 : saved.snapshot.taken.elapsed(to: moment).milliseconds
    proxy.beginRestoring(saved.snapshot, clock: UInt64(clamping: time.wall), now: time.now)
    for record in saved.records {
      if case .removal = record, lie == .restoresNoRemovals { continue }
      _ = proxy.restore(record, elapsed: elapsed, now: time.now)
    }
    proxy.finishRestoring()
    return true
  }
}

/// The content of a snapshot.
struct SavedSnapshot {
  let snapshot: TableSnapshot
  let records: [TableRecord]

  /// Decodes the bytes of a complete snapshot; `nil` if they are damaged.
  init?(_ bytes: [UInt8]) {
    var decoder = SnapshotDecoder()
    var records: [TableRecord] = []
    guard (try? decoder.read(bytes.span.bytes) { records.append($0) }) != nil, (try? decoder.finish()) != nil,
      let snapshot = decoder.snapshot
    else { return nil }
    self.snapshot = snapshot
    self.records = records
  }
}
