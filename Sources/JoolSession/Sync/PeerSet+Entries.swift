internal import JoolCore

/// The entries of a hello.
extension PeerSet {
  /// The entries of the next hello, in this order: peers that have not timed out; senders that are not validated yet;
  /// timed-out peers and retired incarnations.
  ///
  /// Peers and incarnations that do not fit follow in the next hellos.
  /// - `room`: the number of entries that fit the hello.
  /// - `promise`: returns the number of a peer's question that this node has promised; 0 is none.
  mutating func entries(room: Int, promise: (Incarnation) -> UInt8, now: Instant) -> [SyncFrame.HelloEntry] {
    var present: [SyncFrame.HelloEntry] = []
    var gone: [SyncFrame.HelloEntry] = []
    for peer in all {
      var entry = entry(of: peer, now: now)
      if peer.isAlive(at: now) {
        entry.promise = promise(peer.incarnation)
        present.append(entry)
      } else if now - peer.lastHeard < retired.memory.mention, entry.next > 1 || entry.beyond > 0 {
        gone.append(entry)
      }
    }
    for incarnation in retired.incarnations where retired.isCurrent(incarnation, now: now) {
      guard let known = retired[incarnation], known.advertised.next > 1 || known.advertised.beyond > 0 else { continue }
      gone.append(
        SyncFrame.HelloEntry(
          incarnation: incarnation, next: known.advertised.next, beyond: known.advertised.beyond,
          silence: Self.seconds(now - known.lastHeard), flags: []))
    }
    let echo = unvalidated.present(now: now).map { incarnation, sender in
      SyncFrame.HelloEntry(
        incarnation: incarnation, next: 0, beyond: 0, silence: Self.seconds(now - sender.lastHeard),
        flags: Self.flags(isHeard: true, sender.hasTable, sender.hasOtherPool6))
    }
    var entries = Self.take(room, of: present, from: &heardCursor)
    // If peers fill the hello, up to four of them give way to senders that are not validated. Otherwise these could
    // never be validated.
    if !echo.isEmpty, entries.count == room { entries.removeLast(min(entries.count, 4)) }
    entries += echo.prefix(room - entries.count)
    entries += Self.take(room - entries.count, of: gone, from: &retiredCursor)
    return entries
  }

  private func entry(of peer: SyncPeer, now: Instant) -> SyncFrame.HelloEntry {
    let advertised = peer.hasOtherPool6 ? Progress() : peer.stream.advertised
    return SyncFrame.HelloEntry(
      incarnation: peer.incarnation, next: advertised.next, beyond: advertised.beyond,
      silence: Self.seconds(now - peer.lastHeard),
      flags: Self.flags(isHeard: peer.isAlive(at: now), peer.state.hasTable, peer.hasOtherPool6))
  }

  private static func flags(isHeard: Bool, _ hasTable: Bool, _ hasOtherPool6: Bool) -> SyncFrame.HelloEntry.Flags {
    var flags: SyncFrame.HelloEntry.Flags = []
    if isHeard { flags.insert(.heard) }
    if hasTable { flags.insert(.hasTable) }
    if hasOtherPool6 { flags.insert(.hasOtherPool6) }
    return flags
  }

  /// The whole seconds of a silence, rounded up.
  private static func seconds(_ silence: TimeAmount) -> UInt16 {
    UInt16(clamping: (max(silence, .zero) + .nanoseconds(999_999_999)).seconds)
  }

  /// Takes up to `room` elements of a list.
  ///
  /// If not all of them fit, successive calls take them round robin.
  private static func take<Element>(_ room: Int, of list: [Element], from cursor: inout Int) -> [Element] {
    guard list.count > room else { return list }
    guard room > 0 else { return [] }
    let first = cursor % list.count
    cursor = (first + room) % list.count
    return (0..<room).map { list[(first + $0) % list.count] }
  }
}
