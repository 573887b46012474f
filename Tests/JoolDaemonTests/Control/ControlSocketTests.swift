import Foundation
import Glibc
import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// The control name of an instance's proxy, which has one holder in a network namespace.
@Suite struct ControlSocketTests {
  /// A name that no other test run uses.
  private func instance(_ letter: Character) throws -> InstanceName {
    try #require(InstanceName("\(letter)\(getpid())"))
  }

  @Test func aSecondProxyIsRefusedWithTheFirstOnesProcess() throws {
    let instance = try instance("a")
    let first = try ControlSocket.claim(instance) { Issue.record("\($0)") }
    let descriptor = first.borrowed { $0.descriptor }
    #expect(descriptor != nil)
    let error = #expect(throws: ProxyError.self) {
      _ = try ControlSocket.claim(instance) { Issue.record("\($0)") }
    }
    #expect(error == .alreadyRunning(instance, process: getpid()))
    #expect("\(ProxyError.alreadyRunning(instance, process: 7))".hasSuffix("in this network namespace: process 7."))
    _ = first.borrowed { $0.descriptor }
  }

  @Test func aProxyThatEndsMakesRoom() throws {
    let instance = try instance("b")
    func claim() throws {
      let socket = try ControlSocket.claim(instance) { Issue.record("\($0)") }
      let descriptor = socket.borrowed { $0.descriptor }
      #expect(descriptor != nil)
    }
    try claim()
    try claim()
    #expect(ControlNameHolder(of: instance) == nil)
  }

  /// A full queue or a socket that never listens must not hide its owner.
  @Test func theHolderIsKnownAlthoughItTakesNoConnection() throws {
    let instance = try instance("c")
    let socket = try ControlProtocol.makeSocket(nonBlocking: true)
    let isBound = ControlProtocol.withAddress(of: instance) { bind(socket.rawValue, $0, $1) } == 0
    #expect(isBound)
    #expect(ControlNameHolder(of: instance) == .proxy(process: getpid()))
    let isListening = listen(socket.rawValue, 0) == 0
    #expect(isListening)
    var clients: [Int32] = []
    defer { for client in clients { close(client) } }
    repeat {
      let client = try ControlProtocol.makeSocket(nonBlocking: true)
      guard ControlProtocol.withAddress(of: instance, { connect(client.rawValue, $0, $1) }) == 0 else { break }
      clients.append(dup(client.rawValue))
    } while clients.count < 100
    #expect(clients.count < 100, "the queue is not full")
    #expect(ControlNameHolder(of: instance) == .proxy(process: getpid()))
  }

  @Test func theRightsOfAProcessAreThoseInOurUserNamespace() {
    #expect(ProcessRights(of: getpid())?.user == geteuid())
    #expect(ProcessRights(of: 0) == nil)
    #expect(ProcessRights(of: .max) == nil)
  }

  /// Anybody has all capabilities in a user namespace of its own, where the module does not ask for them.
  @Test func theRightsOfAnotherUserNamespaceAreWorthNothing() async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    process.arguments = ["--user", "--map-root-user", "sleep", "60"]
    try process.run()
    defer { process.terminate() }
    // `unshare` becomes `sleep` once the namespace is there; where namespaces are forbidden, it ends.
    while process.isRunning, TextFile.lines(of: "/proc/\(process.processIdentifier)/comm") != ["sleep"] {
      try await Task.sleep(for: .milliseconds(10))
    }
    guard process.isRunning else { return }
    #expect(ProcessRights(of: process.processIdentifier)?.hasNetAdmin == false)
  }

  @Test func followersLookForAProxyOnceASecond() {
    var presence = ProxyPresence()
    let start = Instant.now
    var looks = 0
    for message in 0..<1000 {
      let isThere = presence.check(now: start + .milliseconds(message)) {
        looks += 1
        return true
      }
      #expect(isThere)
    }
    #expect(looks == 1)
    let whileUnknown = presence.check(now: start + .seconds(2)) { nil }
    #expect(whileUnknown, "a proxy that accepts no connection is still there")
    let after = presence.check(now: start + .seconds(4)) { false }
    #expect(!after)
  }
}
