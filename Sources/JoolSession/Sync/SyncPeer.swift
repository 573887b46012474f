internal import JoolCore

/// What a node knows of another one.
struct SyncPeer: Sendable {
  /// Silence for this long means that it is gone.
  static let patience = Duration.seconds(5)
  /// What one datagram may claim counts only when a later one, after this long, claims it, too. Less than the interval of hellos.
  static let proof = Duration.milliseconds(900)

  var epoch: UInt32
  /// Another start that speaks under its number, and since when.
  private var rival: (epoch: UInt32, since: ContinuousClock.Instant)?
  /// When its first and its last hello came, without a longer pause between any two.
  private var hellos: (first: ContinuousClock.Instant, last: ContinuousClock.Instant)?
  /// Whether it has been saying hello for a while. Until then nobody takes its word for what others said, gets a table because of
  /// it, or is told of its updates: a single forged frame must cost nobody the readiness.
  private(set) var isEstablished = false
  /// Since when its hellos say that it has more of what a silent node said than we have.
  var hasMoreSince: ContinuousClock.Instant?
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

  mutating func receive(_ hello: SyncFrame.Hello, now: ContinuousClock.Instant) {
    self.hello = hello
    if let hellos, now - hellos.last < Self.patience {
      self.hellos = (hellos.first, now)
      if now - hellos.first >= Self.proof { isEstablished = true }
    } else {
      hellos = (now, now)
      hasMoreSince = nil
    }
  }

  /// Whether another start under its number is the present one: the one that we know is silent, and the other one goes on
  /// speaking.
  mutating func yields(to epoch: UInt32, now: ContinuousClock.Instant) -> Bool {
    if rival?.epoch != epoch { rival = (epoch, now) }
    guard !isAlive(at: now), let rival else { return false }
    return now - rival.since >= Self.proof
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
