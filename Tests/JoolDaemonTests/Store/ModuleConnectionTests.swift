import JoolCore
import TestSupport
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// The kernel's generic netlink, as far as it needs no module.
@Suite struct ModuleConnectionTests {
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
}
