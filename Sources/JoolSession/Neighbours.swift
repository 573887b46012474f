internal import JoolCore

/// Who in the group speaks what, by address.
///
/// In `WireFormat.auto` our kind says everything twice: in SS2, and for C proxies in their layout. What a peer says in
/// SS2 need not be heard a second time.
struct Neighbours: Sendable {
  typealias Instant = ContinuousClock.Instant

  /// Addresses can be made up: more than these are not remembered.
  static let maxCount = 64

  private var ss2: [IPv6Address: Instant] = [:]
  private var legacy: [IPv6Address: SyncFormat] = [:]

  mutating func heardSS2(from address: IPv6Address, now: Instant) {
    guard ss2.count < Self.maxCount || ss2[address] != nil else {
      ss2 = ss2.filter { now - $0.value < SyncPeer.patience }
      return
    }
    ss2[address] = now
    legacy[address] = nil
  }

  func speaksSS2(_ address: IPv6Address, now: Instant) -> Bool {
    ss2[address].map { now - $0 < SyncPeer.patience } ?? false
  }

  mutating func heardLegacy(_ format: SyncFormat, from address: IPv6Address) {
    guard legacy.count < Self.maxCount || legacy[address] != nil else { return }
    legacy[address] = format
  }

  var legacyCount: Int { legacy.count }

  /// The layouts that C proxies need: those that they use themselves. As long as none was heard, that of our own module:
  /// a standby is silent, and a group of C proxies has equal modules.
  func layouts(own: SyncFormat) -> [SyncFormat] {
    var layouts: [SyncFormat] = []
    for format in legacy.values where !layouts.contains(where: { $0.recordLength == format.recordLength }) {
      layouts.append(format)
    }
    return layouts.isEmpty ? [own] : layouts
  }
}
