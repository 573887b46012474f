import Glibc
import JoolCore
import Logging
import Testing

@testable import JoolDaemon
@testable import JoolSession

/// The statistics server over loopback.
///
/// A trial binds to any free port, so the tests need no port of their own.
@Suite struct StatisticsSocketTests {
  private let proxy: SessionProxy
  private let log = Logger(label: "") { _ in SwiftLogNoOpLogHandler() }

  init() {
    var proxy = SessionProxy(instance: .default, seed: 7)
    proxy.counters.kernelSentPackets = 4711
    self.proxy = proxy
  }

  private func server(at address: String) throws -> StatisticsSocket {
    try StatisticsSocket(.init(address: address), beside: [], isTrial: true, log: log)
  }

  /// The server's port at this address.
  private static func place(_ descriptor: Int32, _ host: String) throws -> SocketAddress {
    SocketAddress(NetworkSamples.host(host), port: try SocketAddress(of: descriptor).port)
  }

  /// Sends a query, has the server answer, and returns the answer.
  private func ask(_ query: String, _ server: borrowing StatisticsSocket, at host: String) throws -> String? {
    let client = try LocalSocket(host)
    let place = try Self.place(server.descriptor, host)
    let isSent = client.send(Array(query.utf8), to: place)
    #expect(isSent)
    let descriptor = server.descriptor
    try #require(try isReadable(descriptor))
    server.answer(proxy)
    return try client.receive(within: .zero).map { String(decoding: $0, as: UTF8.self) }
  }

  @Test(arguments: ["", "x", "al", "ALL", "KERNEL_SENT_PKT"]) func answersAsTheCProxyDoes(query: String) throws {
    let answer = try ask(query, try server(at: "127.0.0.1"), at: "127.0.0.1")
    #expect(answer == proxy.counters.documentedReport)
    #expect(answer?.hasPrefix("KERNEL_SENT_PKTS,4711\n") == true)
  }

  @Test(arguments: ["all", "all\n", "all counters, please"]) func answersAllWithAllCounters(query: String) throws {
    let answer = try ask(query, try server(at: "::1"), at: "::1")
    #expect(answer == proxy.fullReport)
    #expect(answer != proxy.counters.documentedReport)
  }

  @Test func theUnspecifiedAddressServesBothVersions() throws {
    let server = try server(at: "::")
    let (answer4, answer6) = (try ask("x", server, at: "127.0.0.1"), try ask("x", server, at: "::1"))
    #expect(answer4 == proxy.counters.documentedReport)
    #expect(answer6 == proxy.counters.documentedReport)
  }

  /// Two servers must not answer each other for ever, which a forged sender's address would start.
  @Test func reportsGetNoAnswer() throws {
    let server = try server(at: "127.0.0.1")
    for report in [proxy.counters.documentedReport, proxy.fullReport] {
      let answer = try ask(report, server, at: "127.0.0.1")
      #expect(answer == nil)
    }
  }

  /// A flood of queries must not keep the proxy from its sessions.
  @Test func aTurnAnswersABoundedNumberOfQueries() throws {
    let server = try server(at: "127.0.0.1")
    let client = try LocalSocket()
    let place = try Self.place(server.descriptor, "127.0.0.1")
    for _ in 0..<70 {
      let isSent = client.send([0], to: place)
      #expect(isSent)
    }
    for expected in [64, 6, 0] {
      server.answer(proxy)
      var answers = 0
      while try client.receive(within: .zero) != nil { answers += 1 }
      #expect(answers == expected)
    }
  }
}
