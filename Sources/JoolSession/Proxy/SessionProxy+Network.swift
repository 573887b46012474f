public import JoolCore

/// The datagrams between the node and the network.
extension SessionProxy {
  /// The maximum age of a datagram that is decoded.
  ///
  /// The sessions of an older one may have expired, and newer records may have been sent since.
  static let freshness = TimeAmount.seconds(5)

  /// The outcome of a received datagram.
  public enum DatagramAction: Equatable, Sendable {
    /// The datagram was processed. `refused` is the error of the first record that was dropped.
    case heard(refused: WireFormatError?)
    /// The datagram is malformed.
    case drop(WireFormatError)
    /// The datagram was rejected because of its seal.
    case reject(SealFailure)
    /// The datagram has a format or version that this proxy does not use, or its sender is not validated yet. Or it
    /// repeats what its sender sends in SS2.
    case ignored
    /// The datagram cannot be decoded, because no module was seen whose properties are needed for that.
    case dropForNow
    /// The datagram waited in the socket for so long that its contents are outdated. SS2 peers send them again.
    case stale
  }

  /// Processes a datagram of a peer.
  /// - Parameters:
  ///   - datagram: the UDP payload.
  ///   - length: the size of the datagram on the wire, in bytes. It is larger than `datagram` if that was truncated.
  ///   - address: the source address; IPv4 addresses are mapped.
  ///   - waited: the time since the datagram arrived.
  ///   - now: the present time.
  /// - Returns: the outcome. The proxy is unchanged by a datagram that is not accepted, but for its counters.
  public mutating func received(
    datagram: RawSpan, length: Int, from address: IPv6Address, waited: TimeAmount = .zero, now: Instant
  ) -> DatagramAction {
    counters.networkReceivedPackets += 1
    counters.networkReceivedBytes += UInt64(length)
    guard waited <= Self.freshness else {
      counters.stale += 1
      return .stale
    }
    guard let kernel = module.kernel, node.isPresent else {
      counters.dropped += 1
      find(in: datagram)
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
      guard format != .ss2, !peerFormats.usesSS2(address, now: now) else { return .ignored }
      let records = try SyncDatagram(decoding: datagram, pool6: kernel.pool6)
      peerFormats.noteLegacy(records.format, from: address, now: now)
      let pace = tablePace(now: now)
      node?.transmitter.budget.pace = pace
      if records.format.recordLength != kernel.format.recordLength {
        counters.transcodedRecords += UInt64(records.sessions.count)
      }
      for session in records.sessions { node?.receiveLegacy(session.after(waited), now: now) }
      counters.refusedRecords += UInt64(records.refused.count)
      return .heard(refused: records.refused.first)
    } catch .unsupportedVersion(let version) {
      counters.otherVersions += 1
      health.otherVersions.heard(version, from: address, now: now)
      return .ignored
    } catch {
      counters.malformedDatagrams += 1
      return .drop(error)
    }
  }

  private mutating func received(
    sealed datagram: RawSpan, from address: IPv6Address, waited: TimeAmount, now: Instant
  ) throws(WireFormatError) -> DatagramAction {
    let opened: FrameSeal.Opened
    do throws(SealFailure) {
      guard let plain = try seal?.open(datagram) else { return .ignored }
      opened = plain
    } catch {
      counters.count(error)
      if error == .ownStart { node?.selfCheck.hearsOwnSeal(now: now) }
      if case .otherVersion(let version) = error { health.otherVersions.heard(version, from: address, now: now) }
      return .reject(error)
    }
    let frame = opened.frame.span.bytes
    if !opened.isTrusted {
      guard try node?.isAnswer(frame, from: address, now: now) == true, seal?.trust(opened) == true else {
        counters.unvalidatedStarts += 1
        return .ignored
      }
    }
    try hear(frame, from: address, waited: waited, now: now)
    return .heard(refused: nil)
  }

  private mutating func hear(
    _ frame: RawSpan, from address: IPv6Address, waited: TimeAmount, now: Instant
  ) throws(WireFormatError) {
    try node?.receive(frame, from: address, waited: waited, now: now)
    peerFormats.noteSS2(from: address, now: now)
  }

  /// Does what is due at `now`.
  public mutating func advance(to now: Instant) {
    updateModuleProgress(now: now)
    node?.advance(to: now)
  }

  /// Prepares the last hello, because the process ends.
  ///
  /// `takeDatagrams` returns it.
  public mutating func leave(now: Instant) { node?.leave(now: now) }

  /// The datagrams to be sent to the group.
  ///
  /// Each is returned once. While an audit is under way, they include what the audit finds.
  /// - Parameters:
  ///   - now: the present time.
  ///   - queue: the state of the caller's queue of unsent datagrams. While any wait, refreshes and audits wait, too.
  /// - Returns: UDP payloads, in the order in which they are to be sent.
  public mutating func takeDatagrams(now: Instant, sending queue: SendQueueState = .empty) -> [[UInt8]] {
    let datagrams = takeOutput(sending: queue, now: now)
    if isMirror { return datagrams + continueAdvertisement(sending: queue, now: now) }
    return audits.isAuditing ? datagrams + continueAudit(sending: queue, now: now) : datagrams
  }

  /// Takes what the node has produced.
  /// - `legacy`: the sessions that C proxies are sent; `nil` for the new and changed ones, which SS2 peers are sent.
  mutating func takeOutput(
    legacy: [SessionEntry]? = nil, sending queue: SendQueueState, now: Instant
  ) -> [[UInt8]] {
    guard module.kernel != nil, let output = node?.takeOutput(isCongested: queue != .empty, now: now) else {
      return []
    }
    var datagrams = format == .legacy ? [] : output.datagrams
    if format != .ss2 { datagrams += legacyDatagrams(legacy ?? output.announcements, now: now) }
    return seal?.seal(datagrams) ?? datagrams
  }

  /// Sessions in the layouts of the C proxies; empty if the group has none.
  func legacyDatagrams(_ sessions: [SessionEntry], now: Instant) -> [[UInt8]] {
    guard format != .ss2, !sessions.isEmpty, let kernel = module.kernel else { return [] }
    var datagrams: [[UInt8]] = []
    for layout in peerFormats.layouts(own: kernel.format, now: now) {
      let count = layout.records(fitting: path.payload)
      for start in stride(from: 0, to: sessions.count, by: count) {
        datagrams.append(layout.encode(sessions[start..<min(start + count, sessions.count)]))
      }
    }
    return datagrams
  }
}
