internal import JoolCore

/// Who in the group speaks what, by address.
///
/// In `WireFormat.auto` our kind says everything twice: in SS2, and for C proxies in their layout. What a peer says in
/// SS2 need not be heard a second time.
struct Neighbours: Sendable {
  /// Addresses can be made up: more than these are not remembered.
  static let maxCount = 64
  /// A C proxy counts for this long after its last word. Hours, not seconds: a standby is silent for as long as its module
  /// translates nothing, and nothing else tells that it is there and which layout it reads.
  static let legacyMemory = Duration.seconds(12 * 3600)
  /// A C proxy's address speaks SS2 only when it has done so for this long: one forged frame must not silence a C proxy.
  static let proof = Duration.milliseconds(900)

  private var ss2: [IPv6Address: (first: Instant, last: Instant)] = [:]
  private var legacy: [IPv6Address: (format: SyncFormat, last: Instant)] = [:]

  mutating func heardSS2(from address: IPv6Address, now: Instant) {
    if let known = ss2[address], now - known.last < SyncPeer.patience {
      ss2[address] = (known.first, now)
    } else {
      ss2 = ss2.count < Self.maxCount ? ss2 : ss2.filter { now - $0.value.last < SyncPeer.patience }
      guard ss2.count < Self.maxCount else { return }
      ss2[address] = (now, now)
    }
    if speaksSS2(address, now: now) { legacy[address] = nil }
  }

  func speaksSS2(_ address: IPv6Address, now: Instant) -> Bool {
    guard let known = ss2[address], now - known.last < SyncPeer.patience else { return false }
    return legacy[address] == nil || known.last - known.first >= Self.proof
  }

  mutating func heardLegacy(_ format: SyncFormat, from address: IPv6Address, now: Instant) {
    if legacy[address] == nil, legacy.count >= Self.maxCount,
      let oldest = legacy.min(by: { $0.value.last < $1.value.last })
    {
      legacy[oldest.key] = nil
    }
    legacy[address] = (format, now)
  }

  private func present(_ now: Instant) -> some Sequence<SyncFormat> {
    legacy.values.lazy.filter { now - $0.last < Self.legacyMemory }.map { $0.format }
  }

  func legacyCount(now: Instant) -> Int { present(now).reduce(0) { count, _ in count + 1 } }

  /// The layouts that C proxies need: those that they use themselves. As long as none was heard, that of our own module:
  /// a standby is silent, and a group of C proxies has equal modules.
  func layouts(own: SyncFormat, now: Instant) -> [SyncFormat] {
    var layouts: [SyncFormat] = []
    for format in present(now) where !layouts.contains(where: { $0.recordLength == format.recordLength }) {
      layouts.append(format)
    }
    return layouts.isEmpty ? [own] : layouts
  }
}
