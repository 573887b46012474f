internal import FoundationEssentials
public import JoolCore

/// Between the node and the network.
extension SessionProxy {
  /// What arrived longer ago is not read: its sessions may have ended, and others have been said since.
  static let freshness = Duration.seconds(5)

  /// What became of a datagram.
  public enum DatagramAction: Equatable, Sendable {
    /// Its sessions are in the table, but for a `refused` one.
    case heard(refused: WireFormatError?)
    case drop(WireFormatError)
    /// It is none of the group's.
    case reject(SealFailure)
    /// In a format that this proxy was told to leave alone, or by a peer that says the same in SS2.
    case ignored
    /// There is no module that would say how to read it.
    case dropForNow
    /// It waited in the socket for so long that what it says is outdated; peers of our kind say it again.
    case stale
  }

  /// A datagram of a peer.
  /// - Parameters:
  ///   - length: its size on the wire, more than `datagram` holds if it was cut.
  ///   - address: where it came from; IPv4 addresses are mapped.
  ///   - waited: how long ago it arrived.
  public mutating func received(
    datagram: RawSpan, length: Int, from address: IPv6Address, waited: Duration = .zero, now: Instant
  ) -> DatagramAction {
    counters.networkReceivedPackets += 1
    counters.networkReceivedBytes += UInt64(length)
    guard waited <= Self.freshness else {
      counters.stale += 1
      return .stale
    }
    guard let kernel, node.isPresent else {
      counters.dropped += 1
      return .dropForNow
    }
    do throws(WireFormatError) {
      guard length == datagram.byteCount else {
        throw .truncated(field: "datagram", need: length, have: datagram.byteCount)
      }
      if seal != nil { return try received(sealed: datagram, from: address, waited: waited, now: now) }
      if SyncFrame.isFrame(datagram) {
        guard format != .legacy else { return .ignored }
        try hear(datagram, from: address, waited: waited, now: now)
        return .heard(refused: nil)
      }
      guard format != .ss2, !neighbours.speaksSS2(address, now: now) else { return .ignored }
      let records = try SyncDatagram(decoding: datagram, pool6: kernel.pool6)
      neighbours.heardLegacy(records.format, from: address, now: now)
      let pace = tablePace(now: now)
      node?.budget.pace = pace
      if records.format.recordLength != kernel.format.recordLength {
        counters.transcodedRecords += UInt64(records.sessions.count)
      }
      for session in records.sessions { node?.hearLegacy(session.after(waited), now: now) }
      counters.refusedRecords += UInt64(records.refused.count)
      return .heard(refused: records.refused.first)
    } catch .unsupportedVersion(let version) {
      counters.otherVersions += 1
      otherVersions.heard(version, from: address, now: now)
      return .ignored
    } catch {
      counters.malformedDatagrams += 1
      return .drop(error)
    }
  }

  private mutating func received(
    sealed datagram: RawSpan, from address: IPv6Address, waited: Duration, now: Instant
  ) throws(WireFormatError) -> DatagramAction {
    let opened: FrameSeal.Opened
    do throws(SealFailure) {
      guard let plain = try seal?.open(datagram) else { return .ignored }
      opened = plain
    } catch {
      counters.count(error)
      if error == .ownStart { node?.selfCheck.hearsOwnSeal(now: now) }
      if case .otherVersion(let version) = error { otherVersions.heard(version, from: address, now: now) }
      return .reject(error)
    }
    let frame = opened.frame.bytes
    if !opened.isTrusted {
      guard try node?.isAnswer(frame, from: address, now: now) == true, seal?.trust(opened) == true else {
        counters.untrustedFrames += 1
        return .ignored
      }
    }
    try hear(frame, from: address, waited: waited, now: now)
    return .heard(refused: nil)
  }

  private mutating func hear(
    _ frame: RawSpan, from address: IPv6Address, waited: Duration, now: Instant
  ) throws(WireFormatError) {
    try node?.receive(frame, from: address, waited: waited, now: now)
    neighbours.heardSS2(from: address, now: now)
  }

  /// Lets time pass for the node.
  public mutating func advance(to now: Instant) {
    tellNode(now: now)
    node?.advance(to: now)
  }

  /// The process ends. What leaves then is the last word.
  public mutating func leave(now: Instant) { node?.leave(now: now) }

  /// What is to be sent to the group, once.
  /// - Parameters:
  ///   - legacy: what C proxies are told instead of the news.
  ///   - isCongested: whether datagrams wait already; then refreshes wait, too.
  public mutating func takeDatagrams(
    now: Instant, legacy: [SessionEntry]? = nil, isCongested: Bool = false
  ) -> [[UInt8]] {
    node?.isCongested = isCongested
    guard let kernel, let output = node?.takeOutput(now: now) else { return [] }
    var datagrams = format == .legacy ? [] : output.datagrams
    let announcements = legacy ?? output.announcements
    if format != .ss2, !announcements.isEmpty {
      for layout in neighbours.layouts(own: kernel.format, now: now) {
        let count = layout.records(fitting: path.payload)
        for start in stride(from: 0, to: announcements.count, by: count) {
          datagrams.append(layout.encode(announcements[start..<min(start + count, announcements.count)]))
        }
      }
    }
    return seal?.seal(datagrams) ?? datagrams
  }
}
