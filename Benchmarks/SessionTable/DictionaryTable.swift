internal import HeapModule
internal import JoolCore
internal import JoolSession

/// The sessions and their BIB in dictionaries, with a heap for the expirations: the obvious table, for comparison with
/// `SessionTable`.
///
/// It finds sessions from both sides and refuses contradictions, too, but it has no digests and no order.
struct DictionaryTable {
  private struct Key: Hashable {
    let source6: TransportAddress6
    let destination4: TransportAddress4
    let proto: L4Protocol
  }

  private struct Client: Hashable {
    let source6: TransportAddress6
    let proto: L4Protocol
  }

  private struct Mask: Hashable {
    let source4: TransportAddress4
    let proto: L4Protocol
  }

  private struct Binding {
    let source4: TransportAddress4
    var sessions: UInt32
  }

  /// A session without its key and without its mask, which is in `bindings`.
  struct Session {
    var version: Version
    var expires: Instant
    /// The expiration in the heap's present element for the session.
    ///
    /// Other elements for it are obsolete.
    fileprivate var scheduled: Instant
    var state: TCPState
    var timer: SessionTimer
    var origin: UInt8
  }

  private struct Expiration: Comparable {
    let time: Instant
    let key: Key

    static func < (left: Expiration, right: Expiration) -> Bool { left.time < right.time }
    static func == (left: Expiration, right: Expiration) -> Bool { left.time == right.time }
  }

  private var sessions: [Key: Session] = [:]
  private var bindings: [Client: Binding] = [:]
  private var clients: [Mask: TransportAddress6] = [:]
  private var heap = Heap<Expiration>()

  var count: Int { sessions.count }
  var bibCount: Int { bindings.count }

  /// Adds or updates a session.
  /// - Returns: whether it contradicts no BIB entry.
  mutating func upsert(_ entry: SessionEntry, now: Instant) -> Bool {
    let key = Key(source6: entry.source6, destination4: entry.destination4, proto: entry.proto)
    let client = Client(source6: entry.source6, proto: entry.proto)
    let mask = Mask(source4: entry.source4, proto: entry.proto)
    let expires = now + .milliseconds(entry.expiration.rawValue)
    if let index = sessions.index(forKey: key) {
      guard bindings[client]?.source4 == entry.source4 else { return false }
      sessions.values[index].expires = expires
      sessions.values[index].state = entry.state
      sessions.values[index].timer = entry.timer
      // An element that is too early is corrected when its time comes.
      if expires < sessions.values[index].scheduled {
        sessions.values[index].scheduled = expires
        heap.insert(Expiration(time: expires, key: key))
      }
      return true
    }
    guard clients[mask] == nil || clients[mask] == entry.source6 else { return false }
    guard bindings[client] == nil || bindings[client]?.source4 == entry.source4 else { return false }
    clients[mask] = entry.source6
    bindings[client, default: Binding(source4: entry.source4, sessions: 0)].sessions += 1
    sessions[key] = Session(
      version: .unassigned, expires: expires, scheduled: expires, state: entry.state, timer: entry.timer, origin: 0)
    heap.insert(Expiration(time: expires, key: key))
    return true
  }

  func session(like entry: SessionEntry) -> Session? {
    sessions[Key(source6: entry.source6, destination4: entry.destination4, proto: entry.proto)]
  }

  func session(proto: L4Protocol, source4: TransportAddress4, destination4: TransportAddress4) -> Session? {
    guard let source6 = clients[Mask(source4: source4, proto: proto)] else { return nil }
    return sessions[Key(source6: source6, destination4: destination4, proto: proto)]
  }

  mutating func remove(_ entry: SessionEntry) {
    remove(Key(source6: entry.source6, destination4: entry.destination4, proto: entry.proto))
  }

  private mutating func remove(_ key: Key) {
    guard sessions.removeValue(forKey: key) != nil else { return }
    let client = Client(source6: key.source6, proto: key.proto)
    guard let index = bindings.index(forKey: client) else { return }
    bindings.values[index].sessions -= 1
    guard bindings.values[index].sessions == 0 else { return }
    clients[Mask(source4: bindings.values[index].source4, proto: key.proto)] = nil
    bindings.remove(at: index)
  }

  /// Removes the sessions that have expired.
  /// - Returns: how many have expired.
  mutating func expire(now: Instant) -> Int {
    var deaths = 0
    while let first = heap.min, first.time <= now {
      heap.removeMin()
      guard let index = sessions.index(forKey: first.key), sessions.values[index].scheduled == first.time else {
        continue
      }
      let expires = sessions.values[index].expires
      if expires > now {
        sessions.values[index].scheduled = expires
        heap.insert(Expiration(time: expires, key: first.key))
      } else {
        remove(first.key)
        deaths += 1
      }
    }
    return deaths
  }
}
