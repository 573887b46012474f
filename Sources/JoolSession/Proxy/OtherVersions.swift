internal import JoolCore

/// A proxy on the network that speaks another version of SS2. Nothing of what it says is read.
struct OtherVersions: Sendable {
  /// How long it is a finding after its last word.
  static let memory = Duration.seconds(60)

  private var known: (version: UInt8, address: IPv6Address, last: Instant)?

  /// Of several proxies the one is told of that was heard first, so that the sentence stays the same.
  mutating func heard(_ version: UInt8, from address: IPv6Address, now: Instant) {
    if let known, now - known.last < Self.memory, (known.version, known.address) != (version, address) { return }
    known = (version, address, now)
  }

  /// A sentence, if there is one.
  func findings(now: Instant) -> [String] {
    guard let known, now - known.last < Self.memory else { return [] }
    return [
      "A proxy of another version of this protocol (\(known.version); ours is \(SyncFrame.version)) is on the network: "
        + "\(known.address). They do not understand each other; upgrade it."
    ]
  }
}
