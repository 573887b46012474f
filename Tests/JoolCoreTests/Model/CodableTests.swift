import Foundation
import JoolCore
import Testing

/// The coded form of entries, in JSON.
@Suite struct CodableTests {
  private static let session = SessionEntry(
    proto: .tcp, source6: TransportAddress(IPv6Address(bits: 0x2001_0db8 << 96 | 8), 40001),
    destination6: TransportAddress(IPv6Address(bits: 0x64_ff9b << 96 | 0xC000_0208), 80),
    source4: TransportAddress(IPv4Address(bits: 0xC000_0201), 61001),
    destination4: TransportAddress(IPv4Address(bits: 0xC000_0208), 80), state: .v4FinRcv, timer: .transitory,
    expiration: Milliseconds(7_198_232))

  private static let json = """
    {"destination4":"192.0.2.8#80","destination6":"64:ff9b::c000:208#80","expiration":"1:59:58.232","proto":"TCP",\
    "source4":"192.0.2.1#61001","source6":"2001:db8::8#40001","state":"V4_FIN_RCV","timer":"TRANS"}
    """

  private static func text(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  private static func decode<Value: Decodable>(_ text: String, as type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }

  @Test func writesTheTextsOfASession() throws {
    #expect(try Self.text(Self.session) == Self.json)
    #expect(try Self.decode(Self.json) == Self.session)
  }

  @Test func writesTheTextsOfOtherEntries() throws {
    let (source6, source4) = (Self.session.source6, Self.session.source4)
    try Self.check(
      BIBEntry(proto: .udp, source6: source6, source4: source4, isStatic: true),
      #"{"isStatic":true,"proto":"UDP","source4":"192.0.2.1#61001","source6":"2001:db8::8#40001"}"#)
    try Self.check(
      Pool4Entry(
        mark: 5, proto: .icmp, prefix: IPPrefix(host: source4.address), ports: PortRange(1, 9),
        iterations: MaxIterations(limit: 1024, flags: [.set, .automatic])),
      #"{"iterations":{"flags":3,"limit":1024},"mark":5,"ports":"1-9","prefix":"192.0.2.1/32","proto":"ICMP"}"#)
    try Self.check(
      EAMEntry(prefix6: IPPrefix(host: source6.address), prefix4: IPPrefix(host: source4.address)),
      #"{"prefix4":"192.0.2.1/32","prefix6":"2001:db8::8/128"}"#)
    try Self.check(
      InstanceEntry(namespace: 7, framework: .iptables, name: .default),
      #"{"framework":"iptables","name":"default","namespace":7}"#)
    try Self.check([AnyIPAddress.v4(source4.address), .v6(source6.address)], #"["192.0.2.1","2001:db8::8"]"#)
    try Self.check([ModuleVersion(4, 1, 13)], #"["4.1.13.0"]"#)
    try Self.check([TranslatorType.siit, .nat64], #"["SIIT","NAT64"]"#)
  }

  private static func check<Value: Codable & Equatable>(_ value: Value, _ json: String) throws {
    #expect(try text(value) == json)
    #expect(try decode(json) == value)
  }

  /// Peers and modules may send values that have no names.
  @Test(arguments: UInt8.min...UInt8.max) func keepsEveryStateTimerAndFramework(number: UInt8) throws {
    let state = TCPState(rawValue: number)
    let timer = SessionTimer(rawValue: number)
    let framework = Framework(rawValue: number)
    #expect(try Self.decode(Self.text(state)) == state)
    #expect(try Self.decode(Self.text(timer)) == timer)
    #expect(try Self.decode(Self.text(framework)) == framework)
    if !state.isKnown { #expect(try Self.text(state) == "\(number)") }
  }

  @Test(arguments: [
    ("source6", "2001:db8::8#40001", "192.0.2.1#1"), ("destination4", "192.0.2.8#80", "192.0.2.8"),
    ("proto", "TCP", "SCTP"), ("expiration", "1:59:58.232", "soon"), ("state", "V4_FIN_RCV", "UNKNOWN"),
    ("timer", "TRANS", "EST4"),
  ])
  func namesTheFieldAndTheTextOfAnInvalidValue(field: String, valid: String, invalid: String) throws {
    let text = Self.json.replacing("\"\(field)\":\"\(valid)\"", with: "\"\(field)\":\"\(invalid)\"")
    let error = #expect(throws: DecodingError.self) { try Self.decode(text, as: SessionEntry.self) }
    guard case .dataCorrupted(let context) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(context.codingPath.map(\.stringValue) == [field])
    #expect(context.debugDescription.hasPrefix("\(field): '\(invalid)' is not a valid "))
  }

  @Test func refusesAMissingField() {
    let text = Self.json.replacing("\"proto\":\"TCP\",", with: "")
    let error = #expect(throws: DecodingError.self) { try Self.decode(text, as: SessionEntry.self) }
    guard case .keyNotFound(let key, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(key.stringValue == "proto")
  }

  @Test func refusesANameThatTheModuleWouldRefuse() {
    let text = #"{"framework":"netfilter","name":"longer than 15 bytes","namespace":7}"#
    #expect(throws: DecodingError.self) { try Self.decode(text, as: InstanceEntry.self) }
  }
}
