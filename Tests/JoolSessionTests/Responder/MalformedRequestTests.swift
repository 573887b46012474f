import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Requests that somebody else wrote.
@Suite struct MalformedRequestTests {
  /// One request of each operation that is served, and some that are not.
  private static func requests() throws -> [[UInt8]] {
    let instance = ModuleProfile.sample.instance
    let pool4 = Pool4Entry(proto: .tcp, prefix: IPPrefix(host: IPv4Address(bits: 1)), ports: PortRange(1, 99))
    let bib = BIBEntry(
      proto: .udp, source6: SessionEntry.sample(7).source6, source4: SessionEntry.sample(7).source4, isStatic: false)
    let list: [(JoolOperation, [RequestAttribute])] = [
      (.instanceForEach, [.instanceOffset(instance)]), (.instanceHello, []),
      (.globalForEach, [.numberOffset(3)]), (.statisticsForEach, [.numberOffset(60)]),
      (.pool4ForEach, [.pool4Offset(pool4)]), (.bibForEach, [.bibOffset(bib)]),
      (.sessionForEach, [.proto(.udp), .sessionOffset(.sample(7))]), (.bibAdd, [.bibEntry(bib)]),
      (.globalUpdate, [.globals(GlobalSetting.defaults(of: .nat64, pool6: .wellKnown))]), (.sessionSyncAcknowledge, []),
    ]
    let header = JoolHeader(version: .newestKnown, translator: .nat64)
    return try [GenericFamily.request(name: "Jool", sequence: 1)]
      + list.map { try Request($0, header: header, $1).message(family: 32, sequence: 9) }
  }

  @Test func answersEveryTruncation() throws {
    var loopback = Loopback((0..<20).map { SessionEntry.sample($0) })
    for request in try Self.requests() {
      for length in 0..<request.count {
        let cut = Array(request[..<length])
        // The kernel ignores a message that is shorter than its header says.
        #expect(loopback.responder.respond(to: cut, table: loopback.table, now: loopback.now) == [])
        guard length >= 16 else { continue }
        let patched = [UInt8(length & 0xFF), UInt8(length >> 8), 0, 0] + cut[4...]
        let replies = loopback.responder.respond(to: patched, table: loopback.table, now: loopback.now)
        #expect(replies.count == 1 && Self.isAnswer(replies[0]), "\(length) bytes of \(request)")
      }
    }
  }

  @Test func survivesEveryBitFlip() throws {
    var loopback = Loopback((0..<20).map { SessionEntry.sample($0) })
    var refused = 0
    for var request in try Self.requests() {
      for index in request.indices {
        for bit in 0..<8 {
          request[index] ^= 1 << bit
          let replies = loopback.responder.respond(to: request, table: loopback.table, now: loopback.now)
          #expect(replies.allSatisfy(Self.isAnswer), "bit \(bit) of byte \(index) of \(request)")
          if let first = replies.first, first[4] == 2 || first.count > 29 && first[29] & 1 != 0 { refused += 1 }
          request[index] ^= 1 << bit
        }
      }
    }
    #expect(refused > 1000)
  }

  @Test func answersEachMessageOfADatagram() throws {
    var loopback = Loopback([.sample()])
    let requests = try Self.requests()
    let replies = loopback.responder.respond(to: requests.flatMap { $0 }, table: loopback.table, now: loopback.now)
    // The module answers an acknowledgement only if it refuses it.
    #expect(replies.count == requests.count - 1)
  }

  @Test func explainsWhatIsWrong() throws {
    var request = try Self.requests()[7]
    // The length of SRC4's address, inside OFFSET.
    let index = try #require(request.indices.last { request[$0...].starts(with: [8, 0, 1, 0]) })
    request[index] = 6
    var loopback = Loopback()
    let replies = loopback.responder.respond(to: request, table: loopback.table, now: loopback.now)
    let refusal = try Answer(message: try #require(replies.first)).refusal()
    #expect(refusal?.code == 22)
    #expect(refusal?.message?.hasPrefix("Invalid request: ") == true)
  }

  /// Whether a message is whole, and one of netlink or of the families.
  private static func isAnswer(_ bytes: [UInt8]) -> Bool {
    var reader = NetlinkMessageReader(bytes.span.bytes)
    guard let message = try? reader.next() else { return false }
    switch message.header.type {
    case 2: return message.payload.byteCount >= 20
    case 16: return (try? GenericFamily(decoding: message.payload)) != nil
    default: return message.header.type == 32 && message.range.count == bytes.count && bytes.count >= 48
    }
  }
}
