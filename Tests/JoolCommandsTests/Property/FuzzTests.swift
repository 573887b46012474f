#if DEBUG

  import FuzzTargets
  import Glibc
  import Testing

  @testable import JoolCommands

  /// Runs the fuzz targets on the stored corpus and on changed copies of it.
  ///
  /// The changes are the same in each run.
  @Suite struct FuzzTests {
    private static let corpus =
      "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/Fuzz/Corpus/"

    @Test(arguments: FuzzTarget.allCases) func acceptsTheCorpusAndItsMutations(target: FuzzTarget) throws {
      var inputs = try Self.corpus(of: target)
      var random = RandomModels(seed: 1)
      if target == .netlink || target == .syncDatagram { inputs += Self.messages(&random) }
      for input in inputs { target.run(input) }
      for _ in 0..<3000 {
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
