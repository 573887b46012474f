import SystemPackage
import TestSupport
import Testing

@testable import JoolCore

@Suite struct JoolClientTests {
  private let module = ModuleVersion(4, 1, 13)

  /// A module that answers family look-ups, and everything else as told.
  private func kernel(
    headerSize: UInt32 = 28, _ answer: @escaping (Request, UInt32) throws(JoolError) -> [[UInt8]]
  ) -> ScriptedKernel {
    ScriptedKernel { (message: [UInt8]) throws(JoolError) -> [[UInt8]] in
      let sequence = UInt32(message[8]) | UInt32(message[9]) << 8
      if message[4] == 16 { return [Self.family(headerSize: headerSize, sequence: sequence)] }
      guard let request = try? Request(decoding: message.span.bytes.extracting(droppingFirst: 16)) else { return [] }
      return try answer(request, sequence)
    }
  }

  private static func family(headerSize: UInt32, sequence: UInt32) -> [UInt8] {
    AttributeWriter.message(type: 16, flags: 0, sequence: sequence, port: 0) {
      $0.genericHeader(command: 1, version: 2)
      $0.attribute(1, UInt16(32))
      $0.attribute(2, text: "Jool")
      $0.attribute(4, headerSize)
    }
  }

  /// What the module would answer: the request's header echoed, and attributes.
  private static func answer(
    to request: Request, _ sequence: UInt32, flags: JoolHeader.Flags = [],
    _ content: (inout AttributeWriter) -> Void = { _ in }
  ) -> [UInt8] {
    AttributeWriter.message(type: 32, flags: 0, sequence: sequence, port: 0) {
      $0.genericHeader(command: 0, version: 2)
      var header = request.header
      header.flags.formUnion(flags)
      header.encode(into: &$0)
      content(&$0)
    }
  }

  private func client(
    _ transport: ScriptedKernel, _ translator: TranslatorType = .nat64
  ) throws(JoolError) -> JoolClient<ScriptedKernel> {
    try JoolClient(transport: transport, translator: translator, module: module)
  }

  @Test func followsAListToItsEnd() throws {
    var offsets: [[RequestAttribute]] = []
    var client = try client(
      kernel { request, sequence in
        offsets.append(request.attributes)
        let first = offsets.count * 2
        return [
          Self.answer(to: request, sequence, flags: offsets.count < 3 ? .more : []) {
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

  @Test func doesNotFollowAListThatStandsStill() throws {
    var client = try client(
      kernel { request, sequence in
        [Self.answer(to: request, sequence, flags: .more) { $0.nest(1, SessionEntry.sample()) }]
      })
    let error = failure { () throws(JoolError) in
      try client.forEachSession(of: .udp) { (_: [SessionEntry]) throws(JoolError) in }
    }
    #expect(error == .endlessList(.sessionForEach))
  }

  @Test func throwsTheModulesOwnWords() throws {
    var client = try client(
      kernel { request, sequence in
        [
          Self.answer(to: request, sequence, flags: .error) {
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
      kernel { request, sequence in [Self.answer(to: request, sequence, flags: .error) { $0.attribute(1, UInt16(3)) }] }
    )
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(error == .refused(code: .noSuchProcess, message: "No such process"))
  }

  @Test func tellsNetlinksRefusalFromTheModules() throws {
    var client = try client(
      kernel { _, sequence in
        [AttributeWriter.message(type: 2, flags: 0, sequence: sequence, port: 0) { $0.appendNative(Int32(-22)) }]
      })
    let error = failure { () throws(JoolError) in _ = try client.globals() }
    #expect(error == .refusedByNetlink(.invalidArgument))
  }

  @Test func ignoresMessagesForOthersAndMulticasts() throws {
    var client = try client(
      kernel { request, sequence in
        [
          Self.answer(to: request, 0), Self.answer(to: request, sequence - 1),
          Self.answer(to: request, sequence) { $0.attribute(1, UInt8(1)) },
        ]
      })
    let isRunning = try client.instanceIsRunning()
    #expect(!isRunning)
  }

  @Test func doesNotWaitForTheAnswerThatNeverComes() throws {
    var client = try client(kernel { _, _ in [] })
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
      kernel { request, sequence in
        [
          Self.answer(to: request, sequence, flags: .error) {
            $0.attribute(1, UInt16(22))
            $0.attribute(2, text: "Session sync is disabled on this instance.")
          }
        ]
      })
    let error = failure { () throws(JoolError) in try client.addSessions([.sample()]) }
    #expect(error == .refused(code: .invalidArgument, message: "Session sync is disabled on this instance."))
  }

  @Test func neverSendsAnOperationOfTheOtherTranslator() throws {
    var client = try client(kernel { _, _ in [] }, .siit)
    let error = failure { () throws(JoolError) in try client.acknowledgeSessions() }
    #expect(error == .wrongTranslator(.sessionSyncAcknowledge))
    let sent = client.transport.sent.count
    #expect(sent == 1, "the family look-up only")
  }

  @Test func saysThatNoModuleIsLoaded() {
    let kernel = ScriptedKernel { message in
      [AttributeWriter.message(type: 2, flags: 0, sequence: UInt32(message[8]), port: 0) { $0.appendNative(Int32(-2)) }]
    }
    let error = failure { () throws(JoolError) in _ = try client(kernel) }
    #expect(error == .moduleNotLoaded)
  }

  @Test func refusesModulesWithTheOldHeader() {
    let error = failure { () throws(JoolError) in
      _ = try JoolClient(
        transport: kernel(headerSize: 24) { _, _ in [] }, translator: .nat64, module: ModuleVersion(4, 1, 4))
    }
    #expect(error == .unsupportedModule(ModuleVersion(4, 1, 4)))
  }

  @Test func asksTheModuleForItsVersionIfNobodyElseKnows() throws {
    let text =
      "Version mismatch. The userspace client's version is 0.0.0.0,\nbut the kernel module is 4.1.9.0.\nPlease update the userspace client."
    let kernel = kernel { request, sequence in
      [
        Self.answer(to: request, sequence, flags: .error) {
          $0.attribute(1, UInt16(22))
          $0.attribute(2, text: text)
        }
      ]
    }
    let client = try JoolClient(transport: kernel, translator: .nat64, module: nil)
    let module = client.module
    #expect(module == ModuleVersion(4, 1, 9))
  }

  @Test func sendsTheModulesOwnVersion() throws {
    var versions: [ModuleVersion] = []
    var client = try client(
      kernel { request, sequence in
        versions.append(request.header.version)
        return [Self.answer(to: request, sequence)]
      })
    _ = try client.globals()
    #expect(versions == [module])
  }

  private func failure(_ body: () throws(JoolError) -> Void) -> JoolError? {
    do throws(JoolError) { try body() } catch { return error }
    return nil
  }
}
