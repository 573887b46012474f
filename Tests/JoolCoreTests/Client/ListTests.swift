import TestSupport
import Testing

@testable import JoolCore

/// Lists as a small program reads them, and modules whose lists never end.
@Suite struct ListTests {
  private func client(
    _ transport: ScriptedKernel, sequence: UInt32 = 1
  ) throws(JoolError) -> JoolClient<ScriptedKernel> {
    try JoolClient(transport: transport, translator: .nat64, module: ModuleVersion(4, 1, 13), sequence: sequence)
  }

  /// Three pages of two sessions.
  private var threePages: ScriptedKernel {
    var count = 0
    return ScriptedModule.kernel { request, sequence in
      count += 2
      return [
        ScriptedModule.answer(
          to: request, sequence,
          .page([SessionEntry.sample(count), SessionEntry.sample(count + 1)], hasMore: count < 6))
      ]
    }
  }

  @Test func returnsAListWhole() throws {
    var client = try client(threePages)
    let sessions = try client.sessions(of: .udp)
    #expect(sessions == (2...7).map { .sample($0) })
  }

  private struct Full: Error, Equatable {}

  @Test func letsErrorsOfTheCallerOut() throws {
    var client = try client(threePages)
    var pages = 0
    let error = #expect(throws: ListError<Full>.self) {
      try client.forEachSession(of: .udp) { (_: [SessionEntry]) throws(Full) in
        pages += 1
        if pages == 2 { throw Full() }
      }
    }
    #expect(error == .caller(Full()))
    #expect(pages == 2)
  }

  @Test func tellsTheModulesErrorsFromTheCallers() throws {
    var client = try client(ScriptedModule.kernel { _, _ in [] })
    let error = #expect(throws: ListError<Full>.self) {
      try client.forEachSession(of: .udp) { (_: [SessionEntry]) throws(Full) in }
    }
    #expect(error == .module(.noAnswer))
    #expect(error.map { "\($0)" } == "\(JoolError.noAnswer)")
  }

  @Test func doesNotFollowGlobalsThatRepeat() throws {
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        [
          ScriptedModule.answer(
            to: request, sequence, .globals([GlobalSetting(key: .ssEnabled, value: .boolean(true))], hasMore: true))
        ]
      })
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(error == .endlessList(.globalForEach))
    let sent = client.transport.sent.count
    #expect(sent == 3, "the family, the first page, the repeated one")
  }

  /// The counters' values change from page to page, their numbers do not.
  @Test func doesNotFollowStatisticsThatRepeat() throws {
    var value: UInt64 = 0
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        value += 1
        let counter = Statistic(id: 5, value: value, names: ["JSTAT_5"])
        return [ScriptedModule.answer(to: request, sequence, .statistics([counter], hasMore: true))]
      })
    let error = failure { () throws(JoolError) in _ = try client.statistics() }
    #expect(error == .endlessList(.statisticsForEach))
    #expect(value == 2)
  }

  @Test(arguments: [0, 1, .max - 1, .max] as [UInt32]) func numbersRequestsWithoutEnd(first: UInt32) throws {
    var numbers: [UInt32] = []
    let kernel = ScriptedKernel { message in
      let bytes = message.span.bytes
      let sequence = (try? bytes.nativeInteger(at: 8, as: UInt32.self, field: "")) ?? 0
      numbers.append(sequence)
      guard let request = try? Request(decoding: bytes.extracting(droppingFirst: 16)) else {
        return [GenericFamily(id: 32, headerSize: 28).description(sequence: sequence)]
      }
      return [ScriptedModule.answer(to: request, sequence, .status(isAlive: true))]
    }
    var client = try client(kernel, sequence: first)
    for _ in 0..<3 { _ = try client.instanceIsRunning() }
    #expect(Set(numbers).count == 4)
    #expect(!numbers.contains(0), "multicasts have 0")
  }

  @Test func splitsSessionsIntoRequests() throws {
    var counts: [Int] = []
    var client = try client(
      ScriptedModule.kernel { request, _ in
        for case .sessions(let bytes) in request.attributes { counts.append(bytes.count / 40) }
        return []
      })
    try client.addSessions((0..<2500).map { .sample($0) })
    #expect(counts == [1000, 1000, 500])
  }

  @Test func refusesARequestThatDoesNotFitInsteadOfStopping() throws {
    var client = try client(ScriptedModule.kernel { _, _ in [] })
    let plateaus = GlobalSetting(key: .mtuPlateaus, value: .plateaus(Array(repeating: 1280, count: 10_000)))
    let error = failure { () throws(JoolError) in try client.update([plateaus]) }
    #expect(error == .requestTooLarge(.globalUpdate))
    let sent = client.transport.sent.count
    #expect(sent == 1, "the family look-up only")
  }

  /// A module that ignores offsets sends the beginning of the list again and again.
  @Test func stopsSearchingAListThatGoesBack() throws {
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        [ScriptedModule.answer(to: request, sequence, .page([SessionEntry.sample(5), .sample(6)], hasMore: true))]
      })
    let filter = SessionFilter(protocols: [.udp], source4: TransportRange("192.0.2.1#2000"))
    let failure = failure { () throws(JoolError) in try client.forEachSession(matching: filter) { _ in } }
    #expect(failure == .endlessList(.sessionForEach))
  }
}
