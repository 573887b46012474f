import Testing

@testable import JoolDaemon
@testable import JoolSession

@Suite struct JournalLogTests {
  /// In systemd's native journal protocol, a multi-line value follows its length in 64 bits, little-endian.
  @Test func writesFieldsInTheJournalProtocol() {
    let entry = JournalLog.entry([("PRIORITY", "5"), ("MESSAGE", "two\nlines"), ("JOOL_STATE", "ready")])
    let expected =
      Array("PRIORITY=5\nMESSAGE\n".utf8) + [9, 0, 0, 0, 0, 0, 0, 0] + Array("two\nlines\nJOOL_STATE=ready\n".utf8)
    #expect(entry == expected)
  }
}
