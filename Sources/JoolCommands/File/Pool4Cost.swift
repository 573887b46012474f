import JoolCore

/// Estimates the time and memory that a large pool4 costs the module.
///
/// The estimate is from measurements (Jool 4.1.13, one protocol, one port range):
///
///     addresses   4,096   16,384   65,536   131,072   262,144
///     seconds       0.1      1.3     16.7      51.6       182
///
/// For each address the module walks the table of its mark and protocol, so the time grows with the square of the
/// number. The memory, 80 bytes for each address, matters little in comparison.
enum Pool4Cost {
  private static let nanosecondsPerPair = 3.5
  private static let bytesPerAddress: UInt64 = 80

  /// The time that the module needs to add the entries, in seconds.
  static func seconds(_ entries: [Pool4Entry]) -> Double {
    var tables: [Table: Double] = [:]
    for entry in entries {
      tables[Table(mark: entry.mark, proto: entry.proto), default: 0] += Double(entry.addressCount)
    }
    return tables.values.reduce(0) { $0 + $1 * $1 } * nanosecondsPerPair / 1e9
  }

  /// A sentence that states the time and the memory.
  static func text(_ entries: [Pool4Entry]) -> String {
    let addresses = entries.reduce(0) { $0 + $1.addressCount }
    return """
      pool4 has \(addresses) addresses: the module needs about \(duration(seconds(entries))) and \
      \(memory(addresses * bytesPerAddress)) to add them, and answers no other request meanwhile.
      """
  }

  private static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<1: "a second"
    case ..<120: "\(Int(seconds.rounded())) seconds"
    case ..<7200: "\(Int((seconds / 60).rounded())) minutes"
    case ..<172_800: "\(Int((seconds / 3600).rounded())) hours"
    default: "\(Int((seconds / 86_400).rounded())) days"
    }
  }

  private static func memory(_ bytes: UInt64) -> String {
    bytes < 1 << 30 ? "\(max(1, bytes >> 20)) MB" : "\(bytes >> 30) GB"
  }

  private struct Table: Hashable {
    var mark: UInt32
    var proto: L4Protocol
  }
}

extension Pool4Entry {
  /// The number of addresses in its prefix.
  var addressCount: UInt64 { 1 << UInt64(IPv4Address.bitWidth - prefix.length) }
}
