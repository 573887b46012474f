import SystemPackage
import TestSupport
import Testing

@testable import JoolCore

@Suite struct JoolClientTests {
  private let module = ModuleVersion(4, 1, 13)

  private func client(
    _ transport: ScriptedKernel, _ translator: TranslatorType = .nat64
  ) throws(JoolError) -> JoolClient<ScriptedKernel> {
    try JoolClient(transport: transport, translator: translator, module: module)
  }

  @Test func followsAListToItsEnd() throws {
    var offsets: [[RequestAttribute]] = []
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        offsets.append(request.attributes)
        let first = offsets.count * 2
        return [
          ScriptedModule.answer(to: request, sequence, flags: offsets.count < 3 ? .more : []) {
            $0.nest(1, SessionEntry.sample(first))
            $0.nest(1, SessionEntry.sample(first + 1))
          }
        ]
      })
    var pages: [[SessionEntry]] = []
    try client.forEachSession(of: .udp) { (page: [SessionEntry]) throws(JoolError) in pages.append(page) }
    #expect(pages == [[.sample(2), .sample(3)], [.sample(4), .sample(5)], [.sample(6), .sample(7)]])
    #expect(
      offsets == [
        [.proto(.udp)], [.proto(.udp), .sessionOffset(.sample(3))], [.proto(.udp), .sessionOffset(.sample(5))],
      ])
  }

  /// Lists go on after an entry that need not exist, in the order of masks.
  @Test func findsTheBIBEntryOfAMask() throws {
    let masks = [(1, 0), (1, 60_000), (2, 0)].map { TransportAddress4(IPv4Address(bits: $0), UInt16($1)) }
    let client6 = TransportAddress6(IPv6Address(bits: 8), 4000)
    let bib = masks.map { BIBEntry(proto: .tcp, source6: client6, source4: $0, isStatic: $0.port == 0) }
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        let offset = request.attributes.lazy.compactMap { if case .bibOffset(let entry) = $0 { entry } else { nil } }
        let page = bib.filter { entry in offset.first.map { $0.source4 < entry.source4 } ?? true }
        return [ScriptedModule.answer(to: request, sequence) { for entry in page { $0.nest(1, entry) } }]
      })
    for entry in bib {
      let found = try client.bibEntry(of: .tcp, mask: entry.source4)
      #expect(found == entry)
    }
    let free = try client.bibEntry(of: .tcp, mask: TransportAddress(IPv4Address(bits: 1), 59_999))
    #expect(free == nil)
    let last = try client.bibEntry(of: .tcp, mask: TransportAddress(IPv4Address(bits: 2), 1))
    #expect(last == nil)
  }

  @Test func doesNotFollowAListThatStandsStill() throws {
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        [ScriptedModule.answer(to: request, sequence, flags: .more) { $0.nest(1, SessionEntry.sample()) }]
      })
    let error = failure { () throws(JoolError) in
      try client.forEachSession(of: .udp) { (_: [SessionEntry]) throws(JoolError) in }
    }
    #expect(error == .endlessList(.sessionForEach))
  }

  @Test func throwsTheModulesOwnWords() throws {
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        [
          ScriptedModule.answer(to: request, sequence, flags: .error) {
            $0.attribute(1, UInt16(3))
            $0.attribute(2, text: "This namespace lacks an instance named 'default'.")
          }
        ]
      })
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(error == .refused(code: .noSuchProcess, message: "This namespace lacks an instance named 'default'."))
  }

  @Test func namesTheErrorOfAModuleThatSaysNothing() throws {
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        [ScriptedModule.answer(to: request, sequence, flags: .error) { $0.attribute(1, UInt16(3)) }]
      }
    )
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(error == .refused(code: .noSuchProcess, message: "No such process"))
  }

  @Test func tellsNetlinksRefusalFromTheModules() throws {
    var client = try client(
      ScriptedModule.kernel { _, sequence in
        [AttributeWriter.message(type: 2, flags: 0, sequence: sequence, port: 0) { $0.raw.appendNative(Int32(-22)) }]
      })
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(error == .refusedByNetlink(.invalidArgument))
  }

  @Test func ignoresMessagesForOthersAndMulticasts() throws {
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        [
          ScriptedModule.answer(to: request, 0), ScriptedModule.answer(to: request, sequence - 1),
          ScriptedModule.answer(to: request, sequence) { $0.attribute(1, UInt8(1)) },
        ]
      })
    let isRunning = try client.instanceIsRunning()
    #expect(!isRunning)
  }

  @Test func findsItsAnswerAmongOtherMessagesOfTheDatagram() throws {
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        let stale = ScriptedModule.answer(to: request, sequence - 1) { $0.attribute(1, UInt8(1)) }
        let acknowledgement = AttributeWriter.message(type: 2, flags: 0, sequence: sequence, port: 0) {
          $0.raw.appendNative(Int32(0))
        }
        let answer = ScriptedModule.answer(to: request, sequence) { $0.attribute(1, UInt8(0)) }
        return [stale + acknowledgement + answer + stale]
      })
    let isRunning = try client.instanceIsRunning()
    #expect(isRunning)
  }

  @Test func doesNotWaitForTheAnswerThatNeverComes() throws {
    var client = try client(ScriptedModule.kernel { _, _ in [] })
    try client.acknowledgeSessions()
    try client.addSessions([.sample()])
    let sent = client.transport.sent.count
    #expect(sent == 3)
    // Without its container this crashes the kernel.
    try client.addSessions([])
    let still = client.transport.sent.count
    #expect(still == 3)
    let error = failure { () throws(JoolError) in try client.advertise() }
    #expect(error == .noAnswer)
  }

  @Test func reportsASilentRequestThatFailed() throws {
    var client = try client(
      ScriptedModule.kernel { request, sequence in
        [
          ScriptedModule.answer(to: request, sequence, flags: .error) {
            $0.attribute(1, UInt16(22))
            $0.attribute(2, text: "Session sync is disabled on this instance.")
          }
        ]
      })
    let error = failure { () throws(JoolError) in try client.addSessions([.sample()]) }
    #expect(error == .refused(code: .invalidArgument, message: "Session sync is disabled on this instance."))
  }

  @Test func neverSendsAnOperationOfTheOtherTranslator() throws {
    var client = try client(ScriptedModule.kernel { _, _ in [] }, .siit)
    let error = failure { () throws(JoolError) in try client.acknowledgeSessions() }
    #expect(error == .wrongTranslator(.sessionSyncAcknowledge))
    let sent = client.transport.sent.count
    #expect(sent == 1, "the family look-up only")
  }

  @Test func saysThatNoModuleIsLoaded() {
    let kernel = ScriptedKernel { message in
      [
        AttributeWriter.message(type: 2, flags: 0, sequence: UInt32(message[8]), port: 0) {
          $0.raw.appendNative(Int32(-2))
        }
      ]
    }
    let error = failure { () throws(JoolError) in _ = try client(kernel) }
    #expect(error == .moduleNotLoaded)
  }
}
