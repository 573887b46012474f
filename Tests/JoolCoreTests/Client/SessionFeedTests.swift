import TestSupport
import Testing

@testable import JoolCore

/// The messages of the module's multicast group, as the feed of sessions decodes them.
@Suite struct SessionFeedTests {
  private func message(
    _ records: [UInt8], instance: InstanceName = .default, translator: TranslatorType = .nat64
  ) throws -> [UInt8] {
    let header = JoolHeader(version: ModuleVersion(4, 1, 13), translator: translator, instance: instance)
    return try Request(.instanceForEach, header: header, [.sessions(encoded: records)]).message(family: 32, sequence: 0)
  }

  private func event(_ datagram: [UInt8]) -> SessionFeed.Event? {
    SessionFeed.Event(decoding: datagram.span.bytes, instance: .default, pool6: .wellKnown)
  }

  @Test(arguments: [RecordLayout.nested, .packed48, .packed36]) func decodesEveryLayout(format: RecordLayout) throws {
    let sessions: [SessionEntry] = [.sample(1), .sample(2)]
    #expect(event(try message(format.encode(sessions))) == .sessions(sessions))
  }

  @Test func ignoresOtherInstances() throws {
    let records = RecordLayout.packed36.encode([SessionEntry.sample()])
    #expect(event(try message(records, instance: try #require(InstanceName("other")))) == nil)
    #expect(event(try message(records, translator: .siit)) == nil)
  }

  @Test func reportsWhatItCannotDecode() throws {
    let records = RecordLayout.packed36.encode([SessionEntry.sample()])
    guard case .unusable = event(try message(Array(records.dropLast(4)))) else {
      Issue.record("a record that is cut is accepted")
      return
    }
    guard case .unusable = event([1, 2, 3]) else {
      Issue.record("a datagram that is no message is accepted")
      return
    }
  }
}
