internal import JoolCore

/// A proxy on the network that uses another version of SS2.
///
/// Its frames are not decoded.
struct OtherVersions: Sendable {
  /// The time for which it is reported after its last frame.
  static let memory = TimeAmount.seconds(60)

  private var known: (version: UInt8, address: IPv6Address, last: Instant)?

  /// Notes a frame of another version.
  ///
  /// If there are several such proxies, the first one is reported, so that the finding stays the same.
  mutating func heard(_ version: UInt8, from address: IPv6Address, now: Instant) {
    if let known, now - known.last < Self.memory, (known.version, known.address) != (version, address) { return }
    known = (version, address, now)
  }

  /// The finding about it, as a sentence.
  ///
  /// Empty if there is no such proxy.
  func findings(now: Instant) -> [String] {
    guard let known, now - known.last < Self.memory else { return [] }
    return [
      "The proxy at \(known.address) uses another version of SS2 (\(known.version); this proxy uses "
        + "\(SyncFrame.version)). They do not understand each other. Upgrade the older one."
    ]
  }
}
