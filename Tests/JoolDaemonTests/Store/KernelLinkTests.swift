import JoolCore
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// The kernel's generic netlink, and what the driver makes of an instance's settings.
///
/// None of it needs the module.
@Suite struct KernelLinkTests {
  @Test func theControllersGroupHasItsOwnNumber() throws {
    var socket = try NetlinkSocket()
    try socket.send(GenericFamily.request(name: "nlctrl", sequence: 7))
    let answer = try #require(try socket.receive(waiting: true))
    var reader = NetlinkMessageReader(answer.span.bytes)
    guard let message = try reader.next() else { throw JoolError.moduleNotLoaded }
    let sequence = message.header.sequence
    #expect(sequence == 7)
    let family = try GenericFamily(decoding: message.payload)
    #expect(family.name == "nlctrl")
    #expect(family.id == GenericFamily.controller)
    #expect(family.group(named: "notify") == UInt32(GenericFamily.controller), "the group that FamilyWatcher joins")
  }

  @Test func aWatcherWithoutNotificationsDoesNotBlock() throws {
    let watcher = try FamilyWatcher()
    let start = Instant.now
    watcher.drain()
    #expect(Instant.now - start < .seconds(4), "a socket that blocks waits five seconds")
  }

  @Test(.enabled(if: ModuleVersion.loaded() == nil, "the module is loaded")) func saysThatTheModuleIsMissing() {
    #expect(throws: JoolError.moduleNotLoaded) { _ = try ModuleConnection(instance: .default) }
    #expect(throws: ProxyError.kernel(.moduleNotLoaded)) { _ = try SessionFollower(instance: .default) }
  }

  private static func setting(_ name: String, _ value: GlobalValue) throws -> GlobalSetting {
    GlobalSetting(key: try #require(GlobalKey.all.first { $0.name == name }), value: value)
  }

  private static func inspect(_ settings: [GlobalSetting]) -> ModuleConnection.Inspection? {
    ModuleConnection.Inspection(module: ModuleVersion(4, 1, 13), globals: settings)
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
