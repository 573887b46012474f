import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct SessionProxyTests {
  private func proxy(_ module: ModuleVersion = ModuleVersion(4, 1, 13), isEnabled: Bool = true) -> ProxyUnderTest {
    let proxy = ProxyUnderTest()
    proxy.attach(kernel(module, isEnabled: isEnabled))
    return proxy
  }

  private func kernel(_ module: ModuleVersion, isEnabled: Bool = true) -> SessionProxy.Kernel {
    SessionProxy.Kernel(
      format: RecordLayout(module: module), pool6: .wellKnown, limits: SessionLimits(), isEnabled: isEnabled)
  }

  /// A message of the module's multicast group.
  private func multicast(_ instance: InstanceName = .default, records: [UInt8]) -> [UInt8] {
    let header = JoolHeader(version: ModuleVersion(4, 1, 13), translator: .nat64, instance: instance)
    let message = Request(.instanceForEach, header: header, [.sessions(encoded: records)])
    return (try? message.message(family: 32, sequence: 0)) ?? []
  }

  // MARK: Module → network

  @Test func acknowledgesAMulticastBeforeDecodingItsRecords() {
    let proxy = proxy()
    let records = RecordLayout.packed36.encode([.sample(0), .sample(1)])
    let message = multicast(records: records)
    #expect(proxy.receive(message: message) == .acknowledge(thenLearn: 52..<52 + records.count))
    #expect(Array(message[52...]) == records)
    #expect(proxy.core.counters.kernelReceivedPackets == 1)
    #expect(proxy.core.counters.kernelReceivedBytes == 80)
  }

  @Test func ignoresTheMulticastOfAnotherInstance() throws {
    let proxy = proxy()
    let message = multicast(try #require(InstanceName("Default")), records: RecordLayout.packed36.encode([.sample()]))
    #expect(proxy.receive(message: message) == .ignore)
    #expect(proxy.core.counters == ProxyCounters())
  }

  @Test func acknowledgesAnUnusableMulticast() {
    let proxy = proxy()
    let message = multicast(records: [])
    #expect(proxy.receive(message: message) == .acknowledgeUnusable(.missing(field: "session records")))
  }

  @Test func dropsTruncatedModuleMessages() {
    let proxy = proxy()
    let message = multicast(records: RecordLayout.packed36.encode([.sample()]))
    for length in 0..<message.count {
      guard case .drop = proxy.receive(message: Array(message[..<length])) else {
        Issue.record("accepted \(length) of \(message.count) bytes")
        continue
      }
    }
  }

  // MARK: Network → module

  @Test(arguments: RecordLayout.allCases) func readsEveryLayout(format: RecordLayout) {
    let proxy = proxy()
    let sessions: [SessionEntry] = [.sample(0, proto: .tcp), .sample(1, proto: .udp), .sample(2, proto: .icmp)]
    #expect(proxy.receive(format.encode(sessions)) == .heard(refused: nil))
    #expect(proxy.offered(after: 1).map(SessionKey.init) == sessions.map(SessionKey.init))
    #expect(proxy.core.counters.transcodedRecords == (format == .packed36 ? 0 : 3))
  }

  @Test func dropsAWholeDatagramForOneStructuralError() {
    let good = RecordLayout.packed36.encode([.sample(0), .sample(1)])
    let bad: [[UInt8]] = [
      [], Array(good.dropLast()), good + [0], good + RecordLayout.packed48.encode([.sample(2)]),
      // A nested record without a port crashes modules up to 4.1.9.
      Array(RecordLayout.nested.encode([.sample(0)]).dropLast(8)),
    ]
    let proxy = proxy()
    for datagram in bad {
      guard case .drop = proxy.receive(datagram) else {
        Issue.record("accepted \(datagram)")
        continue
      }
    }
    #expect(proxy.offered(after: 1).isEmpty)
    #expect(proxy.core.counters.malformedDatagrams == UInt64(bad.count))
  }

  @Test func dropsATruncatedDatagram() {
    let proxy = proxy()
    let datagram = RecordLayout.packed36.encode([.sample()])
    let action = proxy.receive(datagram, length: 4000)
    #expect(action == .drop(.truncated(field: "datagram", need: 4000, have: 40)))
  }

  @Test func refusesOnlyTheInvalidRecord() {
    let proxy = proxy()
    let wrong = SessionEntry.sample(1, proto: .udp, timer: .transitory)
    let action = proxy.receive(RecordLayout.packed36.encode([.sample(0), wrong, .sample(2)]))
    #expect(action == .heard(refused: .badValue(field: "UDP timer", value: 1)))
    #expect(proxy.offered(after: 1).count == 2)
    #expect(proxy.core.counters.refusedRecords == 1)
  }

  @Test func limitsExpirationsToThoseOfFreshSessions() {
    let proxy = proxy()
    _ = proxy.receive(
      RecordLayout.packed36.encode([
        .sample(0, proto: .tcp, expiration: .max), .sample(1, proto: .tcp, timer: .transitory, expiration: .max),
        .sample(2, proto: .tcp, timer: .incomingSYN, expiration: .max),
        .sample(3, proto: .udp, expiration: 0x8000_0000),
        .sample(4, proto: .icmp, expiration: 60_001), .sample(5, proto: .icmp, expiration: 59_999),
      ]))
    let added = proxy.offered(after: 1).map(\.expiration.rawValue)
    // The expirations include slack and are read a second later. An expiration above the timeout includes slack
    // already.
    #expect(added == [8_999_000, 299_000, 6500, 374_000, 59_010, 74_000])
  }

  // MARK: Batches for the module

  @Test func splitsABurstIntoBatchesOfAThousand() {
    let proxy = proxy()
    for number in 0..<2500 { _ = proxy.receive(RecordLayout.packed36.encode([.sample(number)])) }
    #expect(proxy.offered(after: 0).isEmpty)
    var sizes: [Int] = []
    while true {
      let sessions = proxy.offered(after: 1)
      if sessions.isEmpty { break }
      sizes.append(sessions.count)
      proxy.take()
    }
    #expect(sizes == [1000, 1000, 500])
    #expect(proxy.core.counters.kernelSentPackets == 3)
    #expect(proxy.core.counters.kernelSentBytes == 100_000)
  }

  @Test func offersSessionsUntilTheModuleHasThem() {
    let proxy = proxy()
    _ = proxy.receive(RecordLayout.packed36.encode([.sample()]))
    let offered = proxy.offered(after: 1)
    #expect(proxy.offered(after: 1) == offered)
    proxy.core.detached(now: proxy.start)
    #expect(proxy.offered(after: 2).isEmpty)
    // Meanwhile a peer sends another session, and the module returns in another version.
    _ = proxy.receive(RecordLayout.packed36.encode([.sample(1)]))
    proxy.attach(kernel(ModuleVersion(4, 1, 9)))
    let again = proxy.offered(after: 3)
    #expect(Set(again.map(SessionKey.init)) == Set((offered + [.sample(1)]).map(SessionKey.init)))
  }

  @Test func keepsSessionsWhileSynchronizationIsDisabled() {
    let proxy = proxy(isEnabled: false)
    _ = proxy.receive(RecordLayout.packed36.encode([.sample()]))
    #expect(proxy.offered(after: 1).isEmpty)
    proxy.attach(kernel(ModuleVersion(4, 1, 13)))
    #expect(proxy.offered(after: 1).count == 1)
  }

  /// The instance was created again with another prefix while sessions were queued for it.
  @Test func addsNoSessionsOfAFormerPool6() throws {
    let proxy = proxy()
    for number in 0..<1500 { _ = proxy.receive(RecordLayout.packed36.encode([.sample(number)])) }
    // Half of the sorted sessions are added, others are queued, and a BIB entry must be evicted.
    _ = proxy.offered(after: 1)
    proxy.take()
    _ = proxy.receive(RecordLayout.packed36.encode([.sample(2000)]))
    var rival = SessionEntry.sample(3000)
    rival.source4 = SessionEntry.sample(2000).source4
    _ = proxy.receive(RecordLayout.packed36.encode([rival]))
    var kernel = kernel(ModuleVersion(4, 1, 13))
    kernel.pool6 = try #require(IPv6Prefix(address: IPv6Address(bits: 0x2001_0db8_0064 << 80), length: 96))
    proxy.attach(kernel)
    #expect(proxy.core.nextStoreRequest(now: proxy.start + .seconds(2)) == nil)
    #expect(proxy.core.node?.table.pool6 == kernel.pool6)
  }

  @Test func reportsTheDocumentedCounters() {
    var counters = ProxyCounters()
    counters.kernelSentPackets = 1
    counters.kernelSentBytes = 2
    counters.networkReceivedPackets = 3
    counters.networkReceivedBytes = 4
    counters.networkSentPackets = 5
    counters.networkSentBytes = 0x1_0000_0000
    #expect(
      counters.documentedReport == """
        KERNEL_SENT_PKTS,1
        KERNEL_SENT_BYTES,2
        NET_RCVD_PKTS,3
        NET_RCVD_BYTES,4
        NET_SENT_PKTS,5
        NET_SENT_BYTES,4294967296

        """)
    var proxy = SessionProxy(instance: .default, seed: 1)
    counters.dropped = 7
    proxy.counters = counters
    #expect(proxy.fullReport.hasPrefix(counters.documentedReport))
    #expect(proxy.fullReport.contains("\nDROPPED,7\n"))
  }
}

/// A proxy with a fixed start time and shortcuts for its inputs and outputs.
private final class ProxyUnderTest {
  var core = SessionProxy(instance: .default, format: .legacy, seed: 1)
  let start = Instant.now
  private var last: [SessionEntry] = []

  func receive(message: [UInt8]) -> SessionProxy.ModuleMessageAction {
    core.received(moduleMessage: message.span.bytes, now: start)
  }

  func attach(_ kernel: SessionProxy.Kernel) {
    core.attached(kernel, now: start)
    // The module's table is empty.
    while let read = core.nextAuditRequest(now: start) { core.finished(read, .done, now: start) }
    _ = core.takeDatagrams(now: start)
  }

  func receive(_ datagram: [UInt8], length: Int? = nil) -> SessionProxy.DatagramAction {
    let source = IPv6Address(bits: 0xFE80 << 112 | 1)
    let action = core.received(
      datagram: datagram.span.bytes, length: length ?? datagram.count, from: source, now: start)
    _ = core.takeDatagrams(now: start)
    return action
  }

  /// The sessions offered to the module this many seconds after the start.
  func offered(after seconds: Int) -> [SessionEntry] {
    let now = start + .seconds(seconds)
    last = []
    while let request = core.nextStoreRequest(now: now) {
      guard case .evict = request else {
        if case .add(let sessions) = request { last = sessions }
        break
      }
      core.finished(request, .done, now: now)
    }
    return last
  }

  /// Confirms that the module has added the offered sessions.
  func take() { core.finished(.add(last), .done, now: start) }
}
