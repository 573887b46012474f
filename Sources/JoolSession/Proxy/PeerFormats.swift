internal import JoolCore

/// The formats that the proxies of the group use, by address: SS2, or a C proxy's record layout.
///
/// In `PeerProtocol.auto` an SS2 node sends everything twice: in SS2, and in the C proxies' layout. The second copy is
/// ignored if its sender is an SS2 peer.
struct PeerFormats: Sendable {
  /// The maximum number of addresses of each kind that are remembered, because addresses can be forged.
  static let maxCount = 64
  /// The time for which a C proxy counts as present after its last datagram.
  ///
  /// It is hours and not seconds, because a standby sends nothing as long as its module translates nothing. Nothing
  /// else shows that it is there and which layout it reads.
  static let legacyMemory = TimeAmount.seconds(12 * 3600)
  /// The time for which SS2 must have been received from a C proxy's address before the address counts as an SS2
  /// peer's.
  ///
  /// Otherwise one forged frame could silence a C proxy.
  static let proof = TimeAmount.milliseconds(900)

  private var ss2: [IPv6Address: (first: Instant, last: Instant)] = [:]
  private var legacy: [IPv6Address: (format: RecordLayout, last: Instant)] = [:]

  /// Notes an SS2 frame from an address.
  mutating func noteSS2(from address: IPv6Address, now: Instant) {
    if let known = ss2[address], now - known.last < SyncPeer.timeout {
      ss2[address] = (known.first, now)
    } else {
      ss2 = ss2.count < Self.maxCount ? ss2 : ss2.filter { now - $0.value.last < SyncPeer.timeout }
      guard ss2.count < Self.maxCount else { return }
      ss2[address] = (now, now)
    }
    if usesSS2(address, now: now) { legacy[address] = nil }
  }

  /// Whether the address is an SS2 peer's, so that C proxies' datagrams from it are ignored.
  func usesSS2(_ address: IPv6Address, now: Instant) -> Bool {
    guard let known = ss2[address], now - known.last < SyncPeer.timeout else { return false }
    return legacy[address] == nil || known.last - known.first >= Self.proof
  }

  /// Notes a C proxy's datagram.
  ///
  /// If there is no room, the C proxy that has been silent for longest is forgotten.
  mutating func noteLegacy(_ format: RecordLayout, from address: IPv6Address, now: Instant) {
    if legacy[address] == nil, legacy.count >= Self.maxCount,
      let oldest = legacy.min(by: { $0.value.last < $1.value.last })
    {
      legacy[oldest.key] = nil
    }
    legacy[address] = (format, now)
  }

  private func present(_ now: Instant) -> some Sequence<RecordLayout> {
    legacy.values.lazy.filter { now - $0.last < Self.legacyMemory }.map { $0.format }
  }

  func legacyCount(now: Instant) -> Int { present(now).reduce(0) { count, _ in count + 1 } }

  /// The layouts to send to C proxies: those in which they send themselves.
  ///
  /// If none was received, it is the layout of the own module, because a standby is silent, and all nodes of a group of
  /// C proxies have equal modules.
  func layouts(own: RecordLayout, now: Instant) -> [RecordLayout] {
    var layouts: [RecordLayout] = []
    for format in present(now) where !layouts.contains(where: { $0.recordLength == format.recordLength }) {
      layouts.append(format)
    }
    return layouts.isEmpty ? [own] : layouts
  }
}
