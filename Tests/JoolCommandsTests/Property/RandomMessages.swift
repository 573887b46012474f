#if DEBUG

  @testable import JoolCore

  extension FuzzTests {
    /// Random requests and datagrams of session records.
    static func messages(_ random: inout RandomModels) -> [[UInt8]] {
      let pool6 = IPv6Prefix(address: IPv6Address(bits: 0x64_ff9b << 96), length: 96)
      return (0..<20).flatMap { index -> [[UInt8]] in
        let sessions = pool6.map { prefix in (0..<3).map { _ in random.session(pool6: prefix) } } ?? []
        let request = Request(
          .fileHandle, header: JoolHeader(version: .newestKnown, translator: .nat64),
          [.globals(random.settings(of: .nat64)), .pool4([random.pool4()]), .bib([random.binding()])])
        let formats: [RecordLayout] = [.nested, .packed48, .packed36]
        return [(try? request.message(family: 30, sequence: 1)) ?? [], formats[index % 3].encode(sessions)]
      }
    }
  }

#endif
