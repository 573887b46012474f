import Foundation
import Glibc
import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Tests of the control name of an instance's proxy, which has at most one holder in a network namespace.
@Suite struct ControlSocketTests {
  /// A name that no other test run uses.
  private func instance(_ letter: Character) throws -> InstanceName {
    try #require(InstanceName("\(letter)\(getpid())"))
  }

  @Test func refusesASecondProxyAndNamesTheProcessOfTheFirst() throws {
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

  @Test func releasesTheNameWhenTheProxyEnds() throws {
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

  /// The owner of a socket must be found even if its queue is full or it does not listen.
  @Test func findsAHolderThatAcceptsNoConnections() throws {
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
    #expect(clients.count < 100, "The queue did not become full.")
    #expect(ControlNameHolder(of: instance) == .proxy(process: getpid()))
  }

  @Test func readsTheRightsOfAProcess() {
    #expect(ProcessRights(of: getpid())?.user == geteuid())
    #expect(ProcessRights(of: 0) == nil)
    #expect(ProcessRights(of: .max) == nil)
  }

  /// An unprivileged process has all capabilities in its own user namespace, but the module does not check them there.
  @Test func ignoresCapabilitiesOfAnotherUserNamespace() async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    process.arguments = ["--user", "--map-root-user", "sleep", "60"]
    try process.run()
    defer { process.terminate() }
    // `unshare` executes `sleep` after it has created the namespace. If namespaces are forbidden, it exits.
    while process.isRunning, ProcFiles.lines(of: "/proc/\(process.processIdentifier)/comm") != ["sleep"] {
      try await Task.sleep(for: .milliseconds(10))
    }
    guard process.isRunning else { return }
    #expect(ProcessRights(of: process.processIdentifier)?.hasNetAdmin == false)
  }

  @Test func checksForAProxyOnceASecond() {
    var presence = ProxyPresence()
    let start = Instant.now
    var checks = 0
    for message in 0..<1000 {
      let isPresent = presence.check(now: start + .milliseconds(message)) {
        checks += 1
        return true
      }
      #expect(isPresent)
    }
    #expect(checks == 1)
    let isPresentWhileUnknown = presence.check(now: start + .seconds(2)) { nil }
    #expect(isPresentWhileUnknown, "A proxy that accepts no connection counted as absent.")
    let isPresentAfterwards = presence.check(now: start + .seconds(4)) { false }
    #expect(!isPresentAfterwards)
  }
}
