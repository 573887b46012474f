import Foundation
import TestSupport
import Testing

@testable import JoolCore

/// The answers of the real modules, decoded and encoded again.
@Suite struct ReplyTests {
  @Test(arguments: Vector.versions) func encodesEveryAnswerToTheSameBytes(version: String) throws {
    var encoded: [String: Int] = [:]
    var different: [String] = []
    for vector in try Vector.all(of: version) where !Self.writtenByHand.contains(vector.name) {
      var decoder = VectorDecoder(vector: vector)
      var requests: [UInt32: [UInt8]] = [:]
      for message in vector.messages where message.dir == "to-kernel" || message.dir == "from-kernel" {
        let raw = bytes(hex: message.hex)
        // Answers to requests that this library refuses are decoded, too.
        let decoded = try? decoder.decode(raw, dir: message.dir)
        guard message.dir == "from-kernel" else {
          requests[raw.span.bytes.sequence] = raw
          continue
        }
        guard let decoded, let request = requests[raw.span.bytes.sequence],
          let (kind, again) = try Self.encode(decoded, to: request)
        else { continue }
        encoded[kind, default: 0] += 1
        if again != raw { different.append("\(vector): \(kind)") }
      }
    }
    #expect(different == [])
    for (kind, least) in [
      ("family", 1), ("list", 20), ("globals", 3), ("statistics", 2), ("status", 3), ("translation", 4),
      ("refusal", 40), ("netlink", 5), ("done", 30),
    ] {
      #expect(encoded[kind, default: 0] >= least, "\(kind)")
    }
  }

  @Test func refusesAnInstanceWithAnImpossibleName() {
    var writer = AttributeWriter()
    writer.attribute(1, UInt32(7))
    writer.attribute(2, Framework.netfilter.rawValue)
    writer.attribute(3, text: "longer than 15 bytes")
    #expect(throws: WireFormatError.badText(field: "INAME", "longer than 15 bytes")) {
      try InstanceEntry(decoding: writer.bytes.span.bytes)
    }
  }

  /// Counters with empty attributes between them, as on machines of another kind.
  private static let writtenByHand: Set = ["nat64-stats-padded"]

  /// What we would send instead of an answer.
  ///
  /// `nil`: nothing of ours is like it.
  private static func encode(
    _ message: VectorDecoder.Message, to request: [UInt8]
  ) throws -> (kind: String, bytes: [UInt8])? {
    let header: NetlinkHeader
    let kind: String
    let reply: Reply
    switch message {
    case .netlinkError(let answer, let error, _):
      var asked = try NetlinkHeader(of: request)
      asked.port = answer.port
      if error.code == 0 { return ("netlink", NetlinkReply.acknowledgement(of: request, asked)) }
      guard let reason = NetlinkRefusal(rawValue: error.code) else { return nil }
      return ("netlink", NetlinkReply.refusal(reason, of: request, asked))
    case .family(let answer, let family):
      return ("family", family.description(sequence: answer.sequence, port: answer.port))
    case .refusal(let answer, _, _, let refusal):
      (header, kind, reply) = (answer, "refusal", .refusal(code: refusal.code, message: refusal.message))
    case .answer(let answer, let jool, let operation, let body):
      header = answer
      let hasMore = jool.flags.contains(.more)
      if operation == nil { return nil }
      (kind, reply) =
        switch body {
        case .instances(let list): ("list", .page(list, hasMore: hasMore))
        case .eams(let list): ("list", .page(list, hasMore: hasMore))
        case .prefixes(let list): ("list", .page(list, hasMore: hasMore))
        case .pool4(let list): ("list", .page(list, hasMore: hasMore))
        case .bib(let list): ("list", .page(list, hasMore: hasMore))
        case .sessions(let list): ("list", .page(list, hasMore: hasMore))
        case .globals(let list): ("globals", .globals(list, hasMore: hasMore))
        case .statistics(let list): ("statistics", .statistics(list, hasMore: hasMore))
        case .alive(let isAlive): ("status", .status(isAlive: isAlive))
        case .translation(let translation): ("translation", .translation(translation))
        case .empty: ("done", .done)
        }
    case .familyRequest, .request, .multicast, .datagram: return nil
    }
    let echoed = try EchoedHeader(decoding: request.span.bytes.extracting(droppingFirst: 20))
    return (
      kind, reply.message(echoing: echoed, family: header.type, sequence: header.sequence, port: header.port)
    )
  }

  @Test func endsAPageWhereTheModuleDoes() throws {
    var reply = Reply.done
    var count = 0
    while reply.append(SessionEntry.sample(count)) { count += 1 }
    #expect(count == 26)
    #expect(reply.flags == .more)
    let request = Request(.sessionForEach, header: JoolHeader(version: .newestKnown, translator: .nat64))
    let answer = try Answer(message: reply.message(to: request, family: 32, sequence: 1))
    #expect(answer.hasMore)
    #expect(try answer.list(of: SessionEntry.self) == (0..<26).map { .sample($0) })
  }

  @Test func readsTheRequestsThatTheModuleReads() throws {
    var writer = AttributeWriter()
    let mask = TransportAddress4(IPv4Address(bits: 0xC000_0201), 20_222)
    writer.nest(8) { $0.nest(3, mask) }
    writer.attribute(11, UInt8(1))
    let attributes = writer.bytes.span.bytes
    try ListArguments.validate(attributes)
    let arguments = try ListArguments(decoding: attributes, of: .sessionForEach)
    #expect(arguments.proto == .udp)
    #expect(arguments.session == .init(mask: mask, node: TransportAddress4(IPv4Address(bits: 0), 0)))
  }

  @Test(arguments: Vector.versions) func knowsTheDefaultsOfGlobals(version: String) throws {
    let module = try #require(ModuleVersion(version))
    let pool6 = try #require(Vector.pool6)
    for (name, type) in [("nat64-global-display", TranslatorType.nat64), ("siit-global-display", .siit)] {
      let vector = try #require(Vector.all(of: version).first { $0.name == name })
      let message = try #require(vector.messages.first { $0.dir == "from-kernel" })
      let captured = try Answer(message: bytes(hex: message.hex)).globals()
      let defaults = GlobalSetting.defaults(of: type, pool6: type == .nat64 ? pool6 : nil, module: module)
      // Synchronization was switched on for the captures.
      #expect(captured.filter { $0.key.name != "ss-enabled" } == defaults.filter { $0.key.name != "ss-enabled" })
    }
  }
}

extension RawSpan {
  fileprivate var sequence: UInt32 { (try? nativeInteger(at: 8, as: UInt32.self, field: "nlmsg_seq")) ?? 0 }
}

extension NetlinkHeader {
  fileprivate init(of message: [UInt8]) throws {
    let bytes = message.span.bytes
    self.init(
      length: try bytes.nativeInteger(at: 0, as: UInt32.self, field: "nlmsg_len"),
      type: try bytes.nativeInteger(at: 4, as: UInt16.self, field: "nlmsg_type"),
      flags: try bytes.nativeInteger(at: 6, as: UInt16.self, field: "nlmsg_flags"), sequence: bytes.sequence,
      port: try bytes.nativeInteger(at: 12, as: UInt32.self, field: "nlmsg_pid"))
  }
}
