import Foundation

@testable import JoolCore

/// Decodes the messages of a vector with JoolCore.
struct VectorDecoder {
  private let module: ModuleVersion
  private let family: UInt16
  private var pending: [UInt32: PendingRequest] = [:]

  private struct PendingRequest {
    let operation: JoolOperation?
    let flags: JoolHeader.Flags
  }

  /// The contents of a message as values of JoolCore.
  enum Message {
    case netlinkError(NetlinkHeader, NetlinkError, quotedSequence: UInt32)
    case familyRequest(NetlinkHeader)
    case family(NetlinkHeader, GenericFamily)
    case request(NetlinkHeader, Request, sessions: SyncDatagram?)
    case multicast(NetlinkHeader, JoolHeader, SyncDatagram)
    case refusal(NetlinkHeader, JoolHeader, JoolOperation?, Answer.Refusal)
    case answer(NetlinkHeader, JoolHeader, JoolOperation?, AnswerBody)
    case datagram(SyncDatagram)
  }

  enum AnswerBody {
    case instances([InstanceEntry])
    case eams([EAMEntry])
    case prefixes([IPv4Prefix])
    case pool4([Pool4Entry])
    case bib([BIBEntry])
    case sessions([SessionEntry])
    case globals([GlobalSetting])
    case statistics([Statistic])
    case alive(Bool)
    case translation(AddressTranslation)
    case empty
  }

  init(vector: Vector) {
    module = ModuleVersion(vector.module) ?? .newestKnown
    family = vector.familyID
  }

  mutating func decode(_ raw: [UInt8], dir: String) throws(WireFormatError) -> Message {
    if dir == "udp" { return .datagram(try sessions(raw.span.bytes)) }
    var reader = NetlinkMessageReader(raw.span.bytes)
    guard let message = try reader.next() else { throw .truncated(field: "nlmsghdr", need: 16, have: 0) }
    let header = message.header
    if header.type == NetlinkHeader.error {
      let quoted = try message.payload.nativeInteger(at: 12, as: UInt32.self, field: "quoted nlmsg_seq")
      return .netlinkError(header, try NetlinkError(decoding: message.payload), quotedSequence: quoted)
    }
    if header.type == GenericFamily.controller {
      return dir == "to-kernel" ? .familyRequest(header) : .family(header, try GenericFamily(decoding: message.payload))
    }
    guard header.type == family else { throw .badValue(field: "nlmsg_type", value: UInt64(header.type)) }
    switch dir {
    case "to-kernel":
      if raw.count > 29 {
        pending[header.sequence] = PendingRequest(
          operation: JoolOperation(rawValue: raw[16]), flags: JoolHeader.Flags(rawValue: raw[29]))
      }
      let request = try Request(decoding: message.payload)
      var entries: SyncDatagram?
      for case .sessions(let encoded) in request.attributes where !encoded.isEmpty {
        entries = try sessions(encoded.span.bytes)
      }
      return .request(header, request, sessions: entries)
    case "mcast":
      let multicast = try SyncMulticast(decoding: message.payload)
      return .multicast(header, multicast.header, try sessions(multicast.sessions))
    default:
      let answer = try Answer(message: raw)
      let asked = pending[header.sequence]
      if asked?.flags.contains(.error) != true, let refusal = try answer.refusal() {
        return .refusal(header, answer.header, asked?.operation, refusal)
      }
      return .answer(header, answer.header, asked?.operation, try body(of: answer, to: asked?.operation))
    }
  }

  private func body(of answer: Answer, to operation: JoolOperation?) throws(WireFormatError) -> AnswerBody {
    switch operation {
    case .instanceForEach: .instances(try answer.list(of: InstanceEntry.self))
    case .eamtForEach: .eams(try answer.list(of: EAMEntry.self))
    case .denylist4ForEach: .prefixes(try answer.list(of: IPv4Prefix.self))
    case .pool4ForEach: .pool4(try answer.list(of: Pool4Entry.self))
    case .bibForEach: .bib(try answer.list(of: BIBEntry.self))
    case .sessionForEach: .sessions(try answer.list(of: SessionEntry.self))
    case .globalForEach: .globals(try answer.globals())
    case .statisticsForEach: .statistics(try answer.statistics(module: module))
    case .instanceHello: .alive(try answer.isAlive())
    case .addressQuery46, .addressQuery64: .translation(try answer.translation())
    default: .empty
    }
  }

  /// Decodes session records in the module's layout.
  ///
  /// Another layout is an error, because the module would misread it.
  private func sessions(_ payload: RawSpan) throws(WireFormatError) -> SyncDatagram {
    guard let pool6 = Vector.pool6 else { throw .missing(field: "pool6") }
    let datagram = try SyncDatagram(decoding: payload, pool6: pool6)
    if let refusal = datagram.refused.first { throw refusal }
    let expected = RecordLayout(module: module).recordLength
    guard datagram.format.recordLength == expected else {
      throw .wrongSize(field: "session record", expected: expected, actual: datagram.format.recordLength)
    }
    return datagram
  }
}

/// The messages that JoolCore refuses, and the reasons (Fixtures/vectors/refused-VERSION.txt, one message per line).
///
/// `JOOL_TEST_RECORD=1` rewrites the files; the difference must be reviewed.
enum ExpectedRefusals {
  static func lines(of version: String) throws -> [String] {
    try String(contentsOf: file(of: version), encoding: .utf8).split(separator: "\n").map(String.init)
  }

  static func record(_ lines: [String], of version: String) throws {
    try (lines.joined(separator: "\n") + "\n").write(to: file(of: version), atomically: true, encoding: .utf8)
  }

  private static func file(of version: String) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/vectors/refused-\(version).txt")
  }
}
