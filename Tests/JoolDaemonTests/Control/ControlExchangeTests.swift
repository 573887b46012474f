import Glibc
import JoolCore
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Requests and answers between `ProxyControl` and `ControlSocket`, over the real abstract socket.
@Suite struct ControlExchangeTests {
  /// A request that another thread has sent.
  ///
  /// `nil` if there is no proxy.
  private typealias Asked<Value: Sendable> = OnThread<Result<Value, ProxyControl.Failure>?>

  /// A name that no other test run uses.
  private static func instance(_ letter: Character) throws -> InstanceName {
    try #require(InstanceName("\(letter)\(getpid())"))
  }

  /// Sends a request from another thread, as another program does.
  private static func ask<Value: Sendable>(
    _ instance: InstanceName,
    _ request: @escaping @Sendable (borrowing ProxyControl) throws(ProxyControl.Failure) -> Value
  ) -> Asked<Value> {
    OnThread {
      do throws(ProxyControl.Failure) {
        guard let control = try ProxyControl(instance: instance) else { return nil }
        return .success(try request(control))
      } catch {
        return .failure(error)
      }
    }
  }

  private static func advertise(_ control: borrowing ProxyControl) throws(ProxyControl.Failure) -> Int {
    try control.advertise()
  }

  private static func status(_ control: borrowing ProxyControl) throws(ProxyControl.Failure) -> ProxyStatus {
    try control.status()
  }

  private static func answer<Value: Sendable>(to asked: Asked<Value>) throws -> Result<Value, ProxyControl.Failure> {
    try #require(asked.wait() ?? nil)
  }

  /// Accepts a client and reads its request.
  private static func serve(_ socket: inout ControlSocket) throws -> (client: Int32, request: String?) {
    let listener = socket.descriptor
    try #require(try isReadable(listener))
    socket.acceptClients()
    let clients = socket.clients
    let client = try #require(clients.last).descriptor
    try #require(try isReadable(client))
    return (client, socket.request(from: client))
  }

  @Test func aClientGetsTheNumberOfAdvertisedSessions() throws {
    let instance = try Self.instance("e")
    var socket = try ControlSocket(instance: instance)
    let asked = Self.ask(instance, Self.advertise)
    let (client, request) = try Self.serve(&socket)
    #expect(request == ControlProtocol.advertise)
    socket.answer(client, "ok 4711")
    #expect(try Self.answer(to: asked) == .success(4711))
    let isEmpty = socket.clients.isEmpty
    #expect(isEmpty, "one answer per connection")
  }

  @Test(arguments: [
    ("error the module is absent", "the module is absent"), ("ok many", "many"),
    ("ok", "a text that this program does not understand"),
  ])
  func aClientGetsTheReasonOfARefusal(answer: String, reason: String) throws {
    let instance = try #require(InstanceName("f\(getpid())\(reason.count)"))
    var socket = try ControlSocket(instance: instance)
    let asked = Self.ask(instance, Self.advertise)
    let (client, _) = try Self.serve(&socket)
    socket.answer(client, answer)
    #expect(try Self.answer(to: asked) == .failure(.refused(reason)))
  }

  @Test func aClientGetsTheStatus() throws {
    let instance = try Self.instance("g")
    var socket = try ControlSocket(instance: instance)
    let proxy = SessionProxy(instance: instance, seed: 7)
    let status = proxy.status(now: .now)
    let asked = Self.ask(instance, Self.status)
    let (client, request) = try Self.serve(&socket)
    #expect(request == ControlProtocol.status)
    socket.answer(client, status.text)
    #expect(try Self.answer(to: asked) == .success(status))
  }

  @Test func anAnswerThatIsNoStatusIsRefused() throws {
    let instance = try Self.instance("h")
    var socket = try ControlSocket(instance: instance)
    let asked = Self.ask(instance, Self.status)
    let (client, _) = try Self.serve(&socket)
    socket.answer(client, "state joining")
    #expect(try Self.answer(to: asked) == .failure(.refused("a text that this program does not understand")))
  }

  /// The proxy ends while a client waits.
  @Test func aClientLearnsThatTheProxyHasEnded() throws {
    let instance = try Self.instance("i")
    var asked: Asked<Int>?
    func serveUntilTheEnd() throws {
      var socket = try ControlSocket(instance: instance)
      asked = Self.ask(instance, Self.advertise)
      _ = try Self.serve(&socket)
    }
    try serveUntilTheEnd()
    #expect(try Self.answer(to: #require(asked)) == .failure(.disconnected))
  }

  @Test func thereIsNothingToAskWithoutAProxy() throws {
    let instance = try Self.instance("j")
    let control = try ProxyControl(instance: instance)
    let isThere = control.borrowed { _ in true }
    #expect(isThere == nil)
  }

  /// A client that hangs up, or asks again before it has its answer, is forgotten.
  @Test(arguments: [false, true]) func aClientThatMisbehavesIsForgotten(hangsUp: Bool) throws {
    let instance = try Self.instance(hangsUp ? "k" : "l")
    var socket = try ControlSocket(instance: instance)
    var client: Int32 = -1
    defer { if client >= 0 { close(client) } }
    do {
      let connecting = try ControlProtocol.makeSocket(nonBlocking: false)
      let isConnected = ControlProtocol.withAddress(of: instance) { connect(connecting.rawValue, $0, $1) } == 0
      #expect(isConnected)
      client = dup(connecting.rawValue)
    }
    #expect(Glibc.send(client, "status", 6, 0) == 6)
    let (accepted, request) = try Self.serve(&socket)
    #expect(request == "status")
    if hangsUp {
      close(client)
      client = -1
    } else {
      #expect(Glibc.send(client, "advertise", 9, 0) == 9)
    }
    try #require(try isReadable(accepted))
    let second = socket.request(from: accepted)
    #expect(second == nil)
    let isEmpty = socket.clients.isEmpty
    #expect(isEmpty)
  }

  /// Programs that connect and say nothing occupy a bounded number of descriptors.
  @Test func moreClientsThanThereIsRoomForAreDisconnected() throws {
    let instance = try Self.instance("m")
    var socket = try ControlSocket(instance: instance)
    var clients: [Int32] = []
    defer { for client in clients { close(client) } }
    for _ in 0..<20 {
      let client = try ControlProtocol.makeSocket(nonBlocking: true)
      let isConnected = ControlProtocol.withAddress(of: instance) { connect(client.rawValue, $0, $1) } == 0
      #expect(isConnected)
      clients.append(dup(client.rawValue))
      socket.acceptClients()
    }
    let count = socket.clients.count
    #expect(count == 16)
    var byte: UInt8 = 0
    #expect(recv(clients[19], &byte, 1, Int32(MSG_DONTWAIT)) == 0, "disconnected")
    #expect(recv(clients[15], &byte, 1, Int32(MSG_DONTWAIT)) == -1, "still connected")
  }

  @Test func thePeerOfASocketIsAProcess() throws {
    let pair = try SocketPair()
    let near = pair.near.rawValue
    let peer = try #require(PeerCredentials(of: near))
    #expect(peer.process == getpid())
    #expect(peer.user == geteuid())
    #expect(peer.isOurs)
    pair.keepOpen()
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    #expect(PeerCredentials(of: ends[0]) == nil, "a pipe has no peer")
  }
}
