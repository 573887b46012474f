import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests that encoding and decoding return every model unchanged.
///
/// A failing case shows its seed as argument.
@Suite struct RoundTripTests {
  private static let seeds = (0..<40).map { UInt64($0) }

  @Test(arguments: seeds) func encodesAndDecodesRequests(seed: UInt64) throws {
    var random = RandomModels(seed: seed)
    for (operation, attributes) in Self.requests(&random) {
      let translator = operation.onlyIn ?? random.pick([.siit, .nat64])
      let request = Request(
        operation,
        header: JoolHeader(
          version: ModuleVersion(4, 1, random.integer(), random.integer()), translator: translator,
          flags: JoolHeader.Flags(rawValue: random.integer()), instance: random.instanceName()), attributes)
      let message = try request.message(family: 30, sequence: 7)
      #expect(message.count % 4 == 0)
      let payload = message.span.bytes.extracting(droppingFirst: NetlinkHeader.size)
      #expect(try Request(decoding: payload) == request)
    }
  }

  @Test(arguments: seeds) func encodesAndDecodesSessionsInEveryFormat(seed: UInt64) throws {
    var random = RandomModels(seed: seed)
    let lengths = IPv6Prefix.translationLengths.sorted()
    for format in RecordLayout.allCases where format != .nestedUnchecked {
      for length in lengths {
        let pool6 = try #require(IPv6Prefix(address: IPv6Address(bits: 0x64 << 112), length: length))
        let sessions = (0..<5).map { _ in random.session(pool6: pool6) }
        let bytes = format.encode(sessions)
        #expect(bytes.count == sessions.count * format.recordLength)
        let datagram = try SyncDatagram(decoding: bytes.span.bytes, pool6: pool6)
        #expect(datagram.format == format && datagram.refused.isEmpty)
        #expect(datagram.sessions == sessions)
      }
    }
  }

  @Test(arguments: seeds) func writesAndReadsConfigurations(seed: UInt64) throws {
    var random = RandomModels(seed: seed)
    for translator in [TranslatorType.nat64, .siit] {
      let configuration = random.configuration(of: translator)
      let again = try ConfigurationReader(
        text: Array(configuration.fileText.utf8), path: "F", translator: translator)
      #expect(again.configuration == configuration)
    }
  }

  @Test(arguments: seeds) func formatsAndParsesValues(seed: UInt64) throws {
    var random = RandomModels(seed: seed)
    let (address6, address4) = (random.transportAddress6(), random.transportAddress4())
    #expect(try TransportAddress6(argument: address6.description) == address6)
    #expect(try TransportAddress4(argument: address4.description) == address4)
    let (prefix6, prefix4) = (random.prefix(IPv6Address.self), random.prefix(IPv4Address.self))
    #expect(try IPv6Prefix(argument: prefix6.description) == prefix6)
    #expect(try IPv4Prefix(argument: prefix4.description) == prefix4)
    let time = random.integer(UInt32.self)
    #expect(try Timeouts.parse(Timeouts.text(milliseconds: time)) == time)
    for key in GlobalKey.all {
      let setting = random.setting(of: key)
      if case .plateaus(let list) = setting.value, list.isEmpty { continue }
      #expect(try GlobalValue(argument: Self.argument(of: setting), type: key.type) == setting.value, "\(key.name)")
    }
  }

  @Test(arguments: seeds) func printsValidJSON(seed: UInt64) throws {
    var random = RandomModels(seed: seed)
    let pool6 = try #require(IPv6Prefix(address: IPv6Address(bits: 0x64_ff9b << 96), length: 96))
    let session = random.session(pool6: pool6)
    let read = try JSONReader.read(Array(session.text.utf8))
    #expect(read.member(named: "expires_in_ms")?.value.content == .number("\(session.expiration.rawValue)"))
    let source6 = try #require(read.member(named: "source6")?.value)
    #expect(source6.member(named: "address")?.value.content == .string(session.source6.address.description))
    #expect(source6.member(named: "port")?.value.content == .number("\(session.source6.port)"))
    let instance = random.instance()
    let text = try JSONReader.read(Array(instance.json.text().utf8))
    #expect(text.member(named: "name")?.value.content == .string(instance.name.description))
    _ = try JSONReader.read(Array(random.binding().text.utf8))
    for item in [random.pool4().json, random.mapping().json] {
      _ = try JSONReader.read(Array(item.text(expanding: 3).utf8))
    }
  }

  /// Requests with every kind of attribute.
  private static func requests(_ random: inout RandomModels) -> [(JoolOperation, [RequestAttribute])] {
    let pool6 = IPv6Prefix(host: IPv6Address(bits: 0))
    var offset = random.session(pool6: pool6)
    offset.timer = .established  // Offsets do not contain the timer.
    return [
      (.instanceForEach, [.instanceOffset(random.instance())]),
      (
        .instanceAdd,
        [.newInstance(NewInstance(framework: random.framework(), pool6: random.bool() ? nil : random.prefix()))]
      ),
      (.addressQuery64, [.addressQuery6(random.address6())]), (.addressQuery46, [.addressQuery4(random.address4())]),
      (.globalForEach, [.numberOffset(random.integer())]), (.globalUpdate, [.globals(random.settings(of: .siit))]),
      (.eamtForEach, [.prefixOffset(random.prefix())]), (.eamtAdd, [.eam(random.mapping())]),
      (.eamtRemove, [.eamSelector(EAMSelector(prefix6: .null, prefix4: .prefix(random.prefix())))]),
      (.denylist4Add, [.prefix(random.prefix())]), (.pool4Add, [.pool4Entry(random.pool4())]),
      (.pool4ForEach, [.proto(random.proto()), .pool4Offset(random.pool4())]),
      (.bibAdd, [.bibEntry(random.binding())]), (.bibForEach, [.bibOffset(random.binding())]),
      (
        .bibRemove,
        [
          .bibSelector(
            BIBSelector(
              proto: random.proto(), source6: random.bool() ? nil : random.transportAddress6(),
              source4: random.transportAddress4()))
        ]
      ),
      (.sessionForEach, [.proto(offset.proto), .sessionOffset(offset)]), (.sessionSyncAcknowledge, []),
      (
        .fileHandle,
        [
          .atomicInit(random.framework()), .globals(random.settings(of: .nat64)),
          .pool4(random.list(upTo: 5) { $0.pool4() }), .bib(random.list(upTo: 5) { $0.binding() }),
          .eamt(random.list(upTo: 5) { $0.mapping() }), .denylist4(random.list(upTo: 5) { $0.prefix() }), .atomicEnd,
        ]
      ),
    ]
  }

  /// The value in the syntax of the command line.
  private static func argument(of setting: GlobalSetting) -> String {
    switch setting.value {
    case .plateaus(let list): list.map { String($0) }.joined(separator: ",")
    case .prefix6(nil), .prefix4(nil): "null"
    default: GlobalPrinter.csv(setting)
    }
  }
}
