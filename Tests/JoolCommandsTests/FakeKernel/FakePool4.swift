@testable import JoolCore

/// The pool4 of the fake module: a table for each mark and protocol, with merged ranges.
struct FakePool4 {
  private struct Table {
    var mark: UInt32
    var proto: L4Protocol
    var iterations = MaxIterations(limit: 1024, flags: .automatic)
    /// The ports of each address.
    var ports: [UInt32: Set<UInt16>] = [:]
  }

  private var tables: [Table] = []

  /// The entries in the module's order: marks descending as signed numbers; addresses and ranges ascending.
  func entries(of proto: L4Protocol) -> [Pool4Entry] {
    let own = tables.filter { $0.proto == proto }
    let sorted = own.sorted { Int32(bitPattern: $0.mark) > Int32(bitPattern: $1.mark) }
    return sorted.flatMap { table in
      table.ports.keys.sorted().flatMap { address in
        Self.ranges(table.ports[address] ?? []).map { range in
          Pool4Entry(
            mark: table.mark, proto: proto, prefix: IPPrefix(host: IPv4Address(bits: address)), ports: range,
            iterations: table.iterations)
        }
      }
    }
  }

  func contains(_ address: TransportAddress4, _ proto: L4Protocol) -> Bool {
    tables.contains { $0.proto == proto && $0.ports[address.address.bits]?.contains(address.port) == true }
  }

  /// Adds an entry, as POOL4_ADD does.
  /// - `ephemeral`: The machine's ephemeral ports, which the module protects unless the request is forced.
  mutating func add(_ entry: Pool4Entry, sparing ephemeral: ClosedRange<UInt16>? = nil) throws(FakeKernel.Refusal) {
    try FakeKernel.check(suffixOf: entry.prefix)
    if let ephemeral, entry.proto != .icmp, ephemeral.overlaps(entry.ports.first...entry.ports.last) {
      throw FakeKernel.Refusal(
        code: 22,
        text: """
          Port range \(entry.ports.first)-\(entry.ports.last) intersects with the namespace's ephemeral range \
          (\(ephemeral.lowerBound)-\(ephemeral.upperBound)).
          Rejecting request; add --force to skip this validation.
          """)
    }
    let iterations = entry.iterations
    if iterations.flags == .set, iterations.limit == 0 {
      throw FakeKernel.Refusal(code: 22, text: "Zero is not a legal Max Iterations value.")
    }
    let index = indexOfTable(entry) ?? tables.endIndex
    if index == tables.endIndex { tables.append(Table(mark: entry.mark, proto: entry.proto)) }
    if iterations.flags.contains(.set) {
      tables[index].iterations =
        iterations.flags.contains(.automatic)
        ? MaxIterations(limit: 1024, flags: [.set, .automatic]) : iterations
    }
    let least: UInt16 = entry.proto == .icmp ? 0 : 1
    let ports = max(least, min(entry.ports.first, entry.ports.last))...max(entry.ports.first, entry.ports.last)
    for address in addresses(of: entry.prefix) { tables[index].ports[address, default: []].formUnion(ports) }
  }

  mutating func remove(_ entry: Pool4Entry) {
    guard let index = indexOfTable(entry) else { return }
    let ports = entry.ports.first...entry.ports.last
    for address in tables[index].ports.keys where entry.prefix.contains(IPv4Address(bits: address)) {
      tables[index].ports[address]?.subtract(ports)
      if tables[index].ports[address]?.isEmpty == true { tables[index].ports[address] = nil }
    }
    if tables[index].ports.isEmpty { tables.remove(at: index) }
  }

  private func indexOfTable(_ entry: Pool4Entry) -> Int? {
    tables.firstIndex { $0.mark == entry.mark && $0.proto == entry.proto }
  }

  private func addresses(of prefix: IPv4Prefix) -> [UInt32] {
    (0..<(UInt32(1) << (32 - prefix.length))).map { prefix.address.bits + $0 }
  }

  private static func ranges(_ ports: Set<UInt16>) -> [PortRange] {
    var ranges: [PortRange] = []
    for port in ports.sorted() {
      if let last = ranges.last, last.last &+ 1 == port {
        ranges[ranges.count - 1] = PortRange(last.first, port)
      } else {
        ranges.append(PortRange(port, port))
      }
    }
    return ranges
  }
}
