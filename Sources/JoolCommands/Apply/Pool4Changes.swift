import JoolCore

/// The changes that lead from one pool4 to another.
///
/// The module has a table for each mark and protocol, with an iteration limit. It merges and splits ranges of ports, so
/// entries are compared as sets of masks.
struct Pool4Changes: Hashable, Sendable {
  private(set) var additions: [ConfigurationChange] = []
  private(set) var limits: [ConfigurationChange] = []
  private(set) var removals: [ConfigurationChange] = []

  init(from running: [Pool4Entry], to wanted: [Pool4Entry]) {
    let old = Dictionary(grouping: running, by: TableKey.init)
    let new = Dictionary(grouping: wanted, by: TableKey.init)
    for key in Set(old.keys).union(new.keys).sorted() {
      let (entries, targets) = (old[key] ?? [], new[key] ?? [])
      let (masks, target) = (MaskSet(entries), MaskSet(targets))
      additions += key.entries(target.subtracting(masks)).map { .addPool4($0) }
      removals += key.entries(masks.subtracting(target)).map { .removePool4($0) }
      let before = entries.first?.iterations.asRequest ?? .automatic
      // `file handle` gives a table the limit of its first entry, and ignores those of the others.
      let limit = targets.first?.iterations ?? .unset
      let after = limit == .unset ? .automatic : limit
      if before != after, var entry = key.entries(target).first {
        entry.prefix = IPPrefix(host: entry.prefix.address)
        entry.iterations = after
        limits.append(.limitIterations(entry, before: before))
      }
    }
  }

  private struct TableKey: Hashable, Comparable {
    var proto: L4Protocol
    var mark: UInt32

    init(_ entry: Pool4Entry) { (proto, mark) = (entry.proto, entry.mark) }

    static func < (left: Self, right: Self) -> Bool {
      (left.proto.rawValue, left.mark) < (right.proto.rawValue, right.mark)
    }

    func entries(_ masks: MaskSet) -> [Pool4Entry] {
      masks.rectangles.map { Pool4Entry(mark: mark, proto: proto, prefix: $0.prefix, ports: $0.ports) }
    }
  }
}

extension MaxIterations {
  /// The request that leads to this limit of an answer.
  var asRequest: MaxIterations {
    if flags.contains(.automatic) { return .automatic }
    return flags.contains(.infinite) ? .infinite : .fixed(limit)
  }
}
