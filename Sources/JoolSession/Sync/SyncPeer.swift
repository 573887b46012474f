internal import JoolCore

/// What a node knows of another one.
struct SyncPeer: Sendable {
  /// Silence for this long means that it is gone.
  static let patience = Duration.seconds(5)
  static let maxFormerEpochs = 64

  var epoch: UInt32
  /// Of its starts before this one, so that late datagrams of them are recognized.
  var formerEpochs: Set<UInt32> = []
  /// Its number in the table; 0 is ourselves.
  let index: UInt8
  var stream = UpdateStream()
  var hello: SyncFrame.Hello?
  var settings = HeardSettings()
  /// Where its last datagram came from; IPv4 addresses are mapped (RFC 4291 §2.5.5.2).
  var address: IPv6Address?
  var lastHeard: ContinuousClock.Instant
  /// Of the updates that were given up, how many a resync has made good.
  var mended: UInt64 = 0
  /// The last transfer of our table that it had whole.
  var servedTransfer: UInt32?
  var comparison = RootComparison()

  init(epoch: UInt32, index: UInt8, address: IPv6Address?, lastHeard: ContinuousClock.Instant) {
    self.epoch = epoch
    self.index = index
    self.address = address
    self.lastHeard = lastHeard
  }

  func isAlive(at now: ContinuousClock.Instant) -> Bool { now - lastHeard < Self.patience }

  func isReady(at now: ContinuousClock.Instant) -> Bool { hello?.isReady == true && isAlive(at: now) }

  /// Its proxy was started anew.
  mutating func restart(epoch new: UInt32) {
    if formerEpochs.count >= Self.maxFormerEpochs { formerEpochs = [] }
    formerEpochs.insert(epoch)
    epoch = new
    stream = UpdateStream()
    hello = nil
    settings = HeardSettings()
    mended = 0
    servedTransfer = nil
    comparison = RootComparison()
  }
}

/// A small generator with a seed, so that a simulation can be repeated exactly (SplitMix64, Steele et al. 2014).
struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = state
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
