import JoolCore

/// Jool's BIB and session database, as far as synchronization depends on them.
///
/// Times are microseconds on the node's clock.
struct SimulatedModule {
  struct Entry {
    /// The expiry; 0 if there is no such session.
    var expires: Moment = 0
    var mask: Int32 = -1
    var state: UInt8 = 0
    var timer: UInt8 = 0
  }

  /// From this time left on, a session never expires.
  static let immortal: Moment = 0x8000_0000 * 1000

  private let plan: AddressPlan
  private let pool6: IPv6Prefix
  /// The timeouts.
  ///
  /// A session expires a timeout after its last packet, so a change of timeouts moves the expiry.
  var timeouts: Timeouts {
    didSet {
      let former = oldValue
      for session in entries.indices where entries[session].expires != 0 {
        let (proto, timer) = (plan.proto(of: session), entries[session].timer)
        entries[session].expires += timeouts.life(proto, timer) - former.life(proto, timer)
      }
      soonest = 0
    }
  }
  /// The sessions by their numbers.
  private(set) var entries: [Entry]
  /// The masks by protocol and client, including those of static entries; -1 for none.
  private(set) var masks: [Int32]
  /// The clients by protocol and mask; -1 for none.
  private var owners: [Int32]
  /// The numbers of sessions by protocol and client.
  private var live: [Int32]
  /// The masks of static entries by protocol and client; -1 for none.
  private(set) var statics: [Int32]
  /// A time before which no session expires.
  private var soonest = Moment.max
  private(set) var count = 0
  /// Whether evictions are ignored, for a test of the oracle.
  var ignoresEvictions = false
  /// The number of static entries that a proxy removed.
  private(set) var removedStatics = 0

  init(_ plan: AddressPlan, timeouts: Timeouts, pool6: IPv6Prefix) {
    self.plan = plan
    self.timeouts = timeouts
    self.pool6 = pool6
    entries = Array(repeating: Entry(), count: plan.sessions)
    masks = Array(repeating: -1, count: AddressPlan.protocols * plan.clients)
    owners = Array(repeating: -1, count: AddressPlan.protocols * plan.masks)
    live = Array(repeating: 0, count: AddressPlan.protocols * plan.clients)
    statics = masks
  }

  func has(_ session: Int, now: Moment) -> Bool { entries[session].expires > now }

  /// Whether the session's client has another mask, or the mask belongs to another client.
  func contradicts(_ session: Int, mask: Int) -> Bool {
    let known = masks[plan.bib(of: session)]
    let owner = owners[plan.proto(of: session) * plan.masks + mask]
    return known >= 0 && Int(known) != mask || owner >= 0 && Int(owner) != plan.client(of: session)
  }

  /// Translates a packet of a session, which creates or refreshes the session.
  ///
  /// Returns `nil` if every mask is taken.
  /// - `state`: the state after the packet, for TCP.
  mutating func translate(_ session: Int, state: UInt8, now: Moment) -> SessionEntry? {
    expire(now)
    let bib = plan.bib(of: session)
    let proto = plan.proto(of: session)
    let mask = masks[bib] >= 0 ? Int(masks[bib]) : freeMask(proto, client: plan.client(of: session))
    guard let mask else { return nil }
    let state = proto == 0 ? state : 0
    let timer: UInt8 = proto == 0 && state != 0 ? 1 : 0
    put(session, mask: mask, state: state, timer: timer, expires: now + timeout(proto, timer))
    return entry(session, now: now)
  }

  func timeout(_ proto: Int, _ timer: UInt8) -> Moment { timeouts.life(proto, timer) }

  private func freeMask(_ proto: Int, client: Int) -> Int? {
    for step in 0..<plan.masks {
      let mask = (client + step) % plan.masks
      if owners[proto * plan.masks + mask] < 0 { return mask }
    }
    return nil
  }

  /// Adds a session (JOOLD_ADD) under the client's BIB entry if there is one.
  ///
  /// It is ignored if the mask belongs to another client.
  mutating func add(_ entry: SessionEntry, now: Moment) {
    expire(now)
    guard let session = plan.session(of: entry), var mask = plan.mask(of: entry.source4) else { return }
    let known = masks[plan.bib(of: session)]
    if known >= 0 {
      // An existing session with another mask is ignored; a new one gets the client's mask.
      if has(session, now: now), Int(entries[session].mask) != mask { return }
      mask = Int(known)
    } else if owners[plan.proto(of: session) * plan.masks + mask] >= 0 {
      return
    }
    let left = Int(entry.expiration.rawValue) * 1000
    put(
      session, mask: mask, state: entry.state.rawValue, timer: entry.timer.rawValue,
      expires: now + (left < Self.immortal ? left : .seconds(1e9)))
  }

  /// Removes an entry (BIB_RM with both addresses).
  ///
  /// Static entries are removed like others.
  mutating func remove(_ entry: BIBEntry) {
    guard !ignoresEvictions, let client = plan.client(of: entry.source6), let mask = plan.mask(of: entry.source4)
    else { return }
    let proto = Int(entry.proto.rawValue)
    guard masks[proto * plan.clients + client] == Int32(mask) else { return }
    if isStatic(entry) { removedStatics += 1 }
    removeBIB(proto: proto, client: client)
  }

  /// Whether an administrator has added the entry.
  func isStatic(_ entry: BIBEntry) -> Bool {
    guard let client = plan.client(of: entry.source6), let mask = plan.mask(of: entry.source4) else { return false }
    return statics[Int(entry.proto.rawValue) * plan.clients + client] == Int32(mask)
  }

  /// Whether the entry of a session's client is static.
  func isStatic(_ session: Int) -> Bool { statics[plan.bib(of: session)] >= 0 }

  /// The entries of a protocol that administrators have added.
  func staticEntries(of proto: L4Protocol) -> [BIBEntry] {
    let first = Int(proto.rawValue) * plan.clients
    return (first..<first + plan.clients).filter { statics[$0] >= 0 }.map { bib in
      let session = bib * plan.servers
      var entry = plan.entry(session, mask: Int(statics[bib]), state: 0, timer: 0, expiration: 0, pool6: pool6).bib
      entry.isStatic = true
      return entry
    }
  }

  /// Whether a static entry prevents a session from being added.
  func isBarred(_ session: Int, mask: Int) -> Bool {
    let bib = plan.bib(of: session)
    if statics[bib] >= 0 { return Int(statics[bib]) != mask }
    let proto = plan.proto(of: session)
    let owner = owners[proto * plan.masks + mask]
    return owner >= 0 && statics[proto * plan.clients + Int(owner)] == Int32(mask)
  }

  private mutating func removeBIB(proto: Int, client: Int) {
    let bib = proto * plan.clients + client
    statics[bib] = -1
    for server in 0..<plan.servers { take(plan.session(proto: proto, client: client, server: server)) }
    release(bib)
  }

  /// Adds a static entry (`bib add`), which stays without sessions.
  ///
  /// An existing entry becomes static and keeps its sessions. One that contradicts the new entry is removed first,
  /// because otherwise the module would refuse the new one.
  mutating func bind(proto: Int, client: Int, mask: Int) {
    let other = owners[proto * plan.masks + mask]
    // The module refuses a second static entry.
    if statics[proto * plan.clients + client] >= 0 { return }
    if other >= 0, statics[proto * plan.clients + Int(other)] >= 0 { return }
    guard Int(other) != client else {
      statics[proto * plan.clients + client] = Int32(mask)
      return
    }
    removeBIB(proto: proto, client: client)
    if other >= 0 { removeBIB(proto: proto, client: Int(other)) }
    let bib = proto * plan.clients + client
    statics[bib] = Int32(mask)
    masks[bib] = Int32(mask)
    owners[proto * plan.masks + mask] = Int32(client)
  }

  /// Reads a page of a protocol's sessions, in the order of their numbers.
  /// - `previous`: the last session of the page before; `nil` for the first page.
  /// - Returns: whether there are more sessions.
  func readPage(
    of proto: L4Protocol, after previous: SessionEntry?, limit: Int, now: Moment, _ body: (SessionEntry) -> Void
  ) -> Bool {
    let first = plan.session(proto: Int(proto.rawValue), client: 0, server: 0)
    let start = previous.flatMap { plan.session(of: $0) }.map { $0 + 1 } ?? first
    var found = 0
    for session in start..<first + plan.clients * plan.servers where has(session, now: now) {
      if found == limit { return true }
      found += 1
      body(entry(session, now: now))
    }
    return false
  }

  func entry(_ session: Int, now: Moment) -> SessionEntry {
    let known = entries[session]
    return plan.entry(
      session, mask: Int(known.mask), state: known.state, timer: known.timer, expiration: known.expires - now,
      pool6: pool6)
  }

  mutating func removeAll() {
    let statics = statics
    self = SimulatedModule(plan, timeouts: timeouts, pool6: pool6)
    for bib in statics.indices where statics[bib] >= 0 {
      bind(proto: bib / plan.clients, client: bib % plan.clients, mask: Int(statics[bib]))
    }
  }

  /// Removes expired sessions, at most ten times a second.
  private mutating func expire(_ now: Moment) {
    guard soonest <= now else { return }
    var next = Moment.max
    for session in entries.indices where entries[session].expires != 0 {
      if entries[session].expires <= now { take(session) } else { next = min(next, entries[session].expires) }
    }
    soonest = count > 1000 ? max(next, now + 100_000) : next
  }

  private mutating func put(_ session: Int, mask: Int, state: UInt8, timer: UInt8, expires: Moment) {
    let bib = plan.bib(of: session)
    if entries[session].expires == 0 {
      live[bib] += 1
      count += 1
    }
    entries[session] = Entry(expires: expires, mask: Int32(mask), state: state, timer: timer)
    masks[bib] = Int32(mask)
    owners[plan.proto(of: session) * plan.masks + mask] = Int32(plan.client(of: session))
    soonest = min(soonest, expires)
  }

  private mutating func take(_ session: Int) {
    guard entries[session].expires != 0 else { return }
    entries[session].expires = 0
    count -= 1
    let bib = plan.bib(of: session)
    live[bib] -= 1
    if live[bib] == 0 { release(bib) }
  }

  private mutating func release(_ bib: Int) {
    guard masks[bib] >= 0, statics[bib] < 0 else { return }
    owners[bib / plan.clients * plan.masks + Int(masks[bib])] = -1
    masks[bib] = -1
  }
}
