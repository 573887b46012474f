import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct ModuleInspectionTests {
  private static func setting(_ name: String, _ value: GlobalValue) throws -> GlobalSetting {
    GlobalSetting(key: try #require(GlobalKey.all.first { $0.name == name }), value: value)
  }

  private static func inspect(_ settings: [GlobalSetting]) -> ModuleInspection? {
    ModuleInspection(module: ModuleVersion(4, 1, 13), globals: settings)
  }

  @Test func anInstanceWithoutPool6CannotBeSynchronized() throws {
    #expect(Self.inspect([]) == nil)
    #expect(Self.inspect([try Self.setting("pool6", .prefix6(nil))]) == nil)
  }

  @Test func readsTheSettingsOfSynchronization() throws {
    let pool6 = try Self.setting("pool6", .prefix6(.wellKnown))
    let plain = try #require(Self.inspect([pool6]))
    #expect(!plain.isEnabled)
    #expect(plain.flushDeadline == .seconds(2))
    let set = try #require(
      Self.inspect([
        pool6, try Self.setting("ss-enabled", .boolean(true)), try Self.setting("ss-flush-deadline", .unsigned(10)),
      ]))
    #expect(set.isEnabled)
    #expect(set.flushDeadline == .milliseconds(10))
  }

  @Test(arguments: [(0, true), (1, false), (36, false), (37, true)] as [(UInt32, Bool)])
  func warnsIfTheModuleWouldLoseFullMessages(records: UInt32, isWarned: Bool) throws {
    let inspection = try #require(
      Self.inspect([
        try Self.setting("pool6", .prefix6(.wellKnown)),
        try Self.setting("ss-max-sessions-per-packet", .unsigned(records)),
      ]))
    #expect((inspection.advice != nil) == isWarned)
  }
}
