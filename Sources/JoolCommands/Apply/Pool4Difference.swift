import JoolCore

/// The difference between two pool4.
///
/// The module has a table for each mark and protocol, with an iteration limit. It merges and splits ranges of ports, so
/// entries are compared as sets of masks.
struct Pool4Difference: Hashable, Sendable {
  private(set) var changes: [ConfigurationChange] = []
  /// The wanted pool4, without entries that overlap or lie side by side.
  private(set) var target: [Pool4Entry] = []

  init(from running: [Pool4Entry], to wanted: [Pool4Entry]) {
    let old = Dictionary(grouping: running, by: TableKey.init)
    let new = Dictionary(grouping: wanted, by: TableKey.init)
    for key in Set(old.keys).union(new.keys).sorted() {
      let (masks, wantedMasks) = (MaskSet(old[key] ?? []), MaskSet(new[key] ?? []))
      changes += key.entries(masks.subtracting(wantedMasks)).map { .removePool4($0) }
      changes += key.entries(wantedMasks.subtracting(masks)).map { .addPool4($0) }
      // The last one counts. Modules take an earlier one from some files. So the first entry of the target has it.
      let limit = new[key]?.last { $0.iterations != .unset }?.iterations
      var entries = key.entries(wantedMasks)
      guard !entries.isEmpty else { continue }
      entries[0].iterations = limit ?? .automatic
      target += entries
      let before = old[key]?.first?.iterations.asRequest ?? .automatic
      if before != entries[0].iterations { changes.append(.limitIterations(entries[0], before: before)) }
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
  fileprivate var asRequest: MaxIterations {
    if flags.contains(.automatic) { return .automatic }
    return flags.contains(.infinite) ? .infinite : .fixed(limit)
  }
}
