#if DEBUG

  import FuzzTargets
  import Glibc
  import Testing

  @testable import JoolCommands

  /// The fuzz targets on everything that was found so far, and on changed copies of it: the same ones each time.
  @Suite struct FuzzTests {
    private static let corpus =
      "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Fuzz/Corpus/"

    /// What each target starts from besides its corpus.
    private static let samples: [FuzzTarget: [String]] = [
      .arguments: [
        "-i\nx\nsession\ndisplay\n--udp\n--json", "--session\n--count", "global\nupdate\nudp-timeout\n3:00",
        "complete\n-i\n",
        "pool4\nadd\n--tcp\n192.0.2.1\n1-9\n--mark=3", "\njool_siit\neamt\nadd\n::/64\n192.0.2.0/24",
        "--udp-timeout\n9",
        "autocomplete\n2\ninstance\na",
      ],
      .transportAddress: ["2001:db8::1#80", "192.0.2.1#65535", "1-65535"],
      .prefix: ["64:ff9b::/96", "192.0.2.0/24", "null"],
      .time: ["1:59:58.232", "4294967.295", "0:99:99", "65535,32000,68", "intrinsic"],
      .json: [
        #"{ "instance": "a", "framework": "netfilter", "global": { "pool6": "64:ff9b::/96", "tos": 3, "#
          + #""mtu-plateaus": [3, 2], "udp-timeout": "0:05:00" }, "pool4": [ { "protocol": "TCP", "prefix": "192.0.2.1", "#
          + #""port range": "1-9", "max-iterations": 7 } ], "bib": [] }"#,
        #"{ "framework": "iptables", "eamt": [ { "ipv6 prefix": "::/64", "ipv4 prefix": "0.0.0.0/0" } ] }"#,
      ],
    ]

    @Test(arguments: FuzzTarget.allCases) func surviveTheCorpusAndChangesOfIt(target: FuzzTarget) throws {
      var inputs = try Self.corpus(of: target) + (Self.samples[target] ?? []).map { Array($0.utf8) }
      var random = RandomModels(seed: 1)
      if target == .netlink || target == .syncDatagram { inputs += Self.messages(&random) }
      for input in inputs { target.run(input) }
      for _ in 0..<(inputs.isEmpty ? 0 : 3000) {
        var input = random.pick(inputs)
        for _ in 0...random.next() % 3 { Self.change(&input, &random) }
        target.run(input)
      }
    }

    private static func corpus(of target: FuzzTarget) throws -> [[UInt8]] {
      guard let folder = opendir(corpus + target.rawValue) else { return [] }
      defer { closedir(folder) }
      var inputs: [[UInt8]] = []
      while let entry = readdir(folder) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
          pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if !name.hasPrefix(".") { inputs.append(try FileReader.bytes(of: corpus + target.rawValue + "/" + name)) }
      }
      return inputs
    }

    private static func change(_ bytes: inout [UInt8], _ random: inout RandomModels) {
      guard !bytes.isEmpty else { return bytes.append(random.integer()) }
      let index = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 4 {
      case 0: bytes[index] = random.integer()
      case 1: bytes.remove(at: index)
      case 2: bytes.insert(random.integer(), at: index)
      default: bytes.removeSubrange(index..<min(bytes.count, index + Int(random.next() % 8)))
      }
    }
  }

#endif
