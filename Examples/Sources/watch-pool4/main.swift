import Foundation
import JoolCore

/// The number of ports, or ICMP identifiers, of one pool4 address.
struct PortUse {
  var all = 0
  var used = 0
}

/// Counts the ports of each pool4 address, and those that BIB entries use.
///
/// Entries of several marks that share ports count several times.
func portUse(of proto: L4Protocol, from client: inout Jool.Client) throws(JoolError) -> [IPv4Address: PortUse] {
  var use: [IPv4Address: PortUse] = [:]
  for entry in try client.pool4Entries(of: proto) {
    use[entry.prefix.address, default: PortUse()].all += Int(entry.ports.last) - Int(entry.ports.first) + 1
  }
  // A BIB can be large, so this reads it page by page.
  try client.forEachBIBEntry(of: proto) { page in
    for entry in page { use[entry.source4.address]?.used += 1 }
  }
  return use
}

// Usage: watch-pool4 [SECONDS]. Prints the use of pool4 every SECONDS, or once.
let interval = CommandLine.arguments.dropFirst().first.flatMap { UInt32($0) }
do {
  var client = try Jool.connect()
  repeat {
    for proto in L4Protocol.allCases {
      let use = try portUse(of: proto, from: &client)
      for (address, ports) in use.sorted(by: { $0.key < $1.key }) {
        print("\(proto) \(address): \(ports.used) of \(ports.all) in use")
      }
    }
    if let interval { sleep(interval) }
  } while interval != nil
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
