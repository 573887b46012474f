import JoolCore
import JoolSession

/// The contents of a node's table when the oracle last read it, and the times of their changes.
struct SeenTable {
  struct Row {
    /// The expiry; 0 if there is no such session.
    var expires: Moment = 0
    var version: UInt64 = 0
    /// The time since which the row has this version, mask and state.
    var since: Moment = 0
    var mask: Int32 = -1
    var state: UInt8 = 0
    var look: UInt32 = 0
    /// Whether the last record came from a C proxy, which has no version.
    var isLegacy = false
  }

  private(set) var rows: [Row]
  /// The mask of each client by protocol and client, -1 for none; the client of each mask by protocol and mask.
  private(set) var masks: [Int32]
  private(set) var owners: [Int32]
  /// The versions of the removals, and until when they are remembered, by the numbers of their BIB entries.
  private(set) var removals: [Int: (version: UInt64, end: Moment)] = [:]
  /// The sessions that the table had at the last look.
  private(set) var present: [Int32] = []
  private(set) var lookedAt: Moment = -1
  private var look: UInt32 = 0

  init(_ plan: AddressPlan) {
    rows = Array(repeating: Row(), count: plan.sessions)
    masks = Array(repeating: -1, count: AddressPlan.protocols * plan.clients)
    owners = Array(repeating: -1, count: AddressPlan.protocols * plan.masks)
  }

  /// Reads a table.
  ///
  /// Records that the node has not processed yet are not in it.
  mutating func look(at table: SessionTable?, _ plan: AddressPlan, _ time: NodeUnderTest.Time, now: Moment, lie: Lie?) {
    look += 1
    for session in present {
      let bib = plan.bib(of: Int(session))
      if masks[bib] >= 0 {
        owners[bib / plan.clients * plan.masks + Int(masks[bib])] = -1
        masks[bib] = -1
      }
    }
    let before = present
    present.removeAll(keepingCapacity: true)
    table?.forEach(now: time.now) { known in
      guard let session = plan.session(of: known.entry), let mask = plan.mask(of: known.entry.source4) else { return }
      if lie == .losesSessions, session % 2 == 0 { return }
      let left = Int(known.entry.expiration.rawValue) * 1000
      guard left > 0 else { return }
      let state = known.entry.state.rawValue ^ (lie == .changesStates ? 1 : 0)
      note(session, Int32(mask), state, known.version.rawValue, expires: now + left, known.origin == 255, now)
      let bib = plan.bib(of: session)
      masks[bib] = Int32(mask)
      owners[bib / plan.clients * plan.masks + mask] = Int32(plan.client(of: session))
    }
    for session in before where rows[Int(session)].look != look {
      if lie == .keepsSessions {
        let row = rows[Int(session)]
        note(Int(session), row.mask, row.state, row.version, expires: now + 1_000_000, false, now)
      } else {
        rows[Int(session)] = Row()
        rows[Int(session)].since = now
      }
    }
    removals = [:]
    table?.forEachRemoval(now: time.now) { removal in
      guard let client = plan.client(of: removal.entry.source6) else { return }
      let end = now + Int(removal.left.rawValue) * 1000
      removals[Int(removal.entry.proto.rawValue) * plan.clients + client] = (removal.version.rawValue, end)
    }
    lookedAt = now
  }

  private mutating func note(
    _ session: Int, _ mask: Int32, _ state: UInt8, _ version: UInt64, expires: Moment, _ isLegacy: Bool, _ now: Moment
  ) {
    present.append(Int32(session))
    rows[session].look = look
    let row = rows[session]
    let isSame = row.expires > now && row.mask == mask && row.state == state && row.version == version
    rows[session].expires = expires
    guard !isSame else { return }
    rows[session].version = version
    rows[session].since = now
    rows[session].mask = mask
    rows[session].state = state
    rows[session].isLegacy = isLegacy
  }
}
