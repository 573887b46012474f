import JoolSession
import Testing

@testable import JoolCommands
@testable import JoolCore

/// The merge of `session diff`, and its arguments.
@Suite struct SessionComparisonTests {
  private static func session(
    _ port: UInt16, server: UInt16 = 80, client: UInt16 = 1, proto: L4Protocol = .tcp, state: TCPState = .established,
    left: UInt32 = 60_000
  ) -> SessionEntry {
    let client6 = TransportAddress(IPv6Address(bits: 0x2001_0db8 << 96 | UInt128(port)), client)
    let node = IPv4Address(bits: 0xC633_6407)
    return SessionEntry(
      proto: proto, source6: client6,
      destination6: TransportAddress(IPv6Address(bits: 0x0064_ff9b << 96 | UInt128(node.bits)), server),
      source4: TransportAddress(IPv4Address(bits: 0xC000_0201), port), destination4: TransportAddress(node, server),
      state: state, expiration: Milliseconds(left))
  }

  /// The differences of two lists that arrive in pages of this size.
  private func differences(
    _ first: [SessionEntry], _ second: [SessionEntry], page: Int = 2, tolerance: UInt32? = nil
  ) -> [SessionComparison.Difference] {
    var (left, right) = (first[...], second[...])
    func next(_ rest: inout ArraySlice<SessionEntry>) -> [SessionEntry]? {
      let page = Array(rest.prefix(page))
      rest = rest.dropFirst(page.count)
      return page.isEmpty ? nil : page
    }
    var found: [SessionComparison.Difference] = []
    SessionComparison(tolerance: tolerance.map { Milliseconds($0) }).run(
      { next(&left) }, { next(&right) }, { found.append($0) })
    return found
  }

  @Test(arguments: [1, 2, 100]) func findsWhatOnlyOneHas(page: Int) {
    let all = (1...9).map { Self.session($0) }
    #expect(differences(all, all, page: page) == [])
    #expect(differences([], [], page: page) == [])
    #expect(differences(all, [], page: page) == all.map { .removed($0) })
    #expect(differences([], all, page: page) == all.map { .added($0) })
    let (odd, even) = (all.filter { $0.source4.port % 2 == 1 }, all.filter { $0.source4.port % 2 == 0 })
    #expect(
      differences(odd, even, page: page)
        == all.map { $0.source4.port % 2 == 1 ? .removed($0) : .added($0) })
  }

  @Test func comparesInTheModulesOrder() {
    // Protocol, mask, then server.
    let (tcp, udp) = (Self.session(9, server: 90), Self.session(1, proto: .udp))
    let two = [Self.session(9, server: 80), tcp]
    #expect(differences(two + [udp], [tcp, udp]) == [.removed(two[0])])
    #expect(differences([tcp], [tcp, udp]) == [.added(udp)])
  }

  @Test func findsAnotherClientOfTheSameMask() {
    let (old, new) = (Self.session(1), Self.session(1, client: 2))
    #expect(differences([old], [new]) == [.removed(old), .added(new)])
  }

  @Test func findsAnotherState() {
    let (old, new) = (Self.session(1), Self.session(1, state: .trans))
    #expect(differences([old], [new]) == [.changed(from: old, to: new)])
  }

  @Test func comparesTimesOnlyIfAsked() {
    let (old, new) = (Self.session(1), Self.session(1, left: 55_000))
    #expect(differences([old], [new]) == [])
    #expect(differences([old], [new], tolerance: 5000) == [])
    #expect(differences([old], [new], tolerance: 4999) == [.changed(from: old, to: new)])
    #expect(differences([new], [old], tolerance: 4999) == [.changed(from: new, to: old)])
  }

  @Test(arguments: [
    ("running", SessionSource.running(instance: nil)), ("running:a", .running(instance: "a")),
    ("running:", .running(instance: "")), ("./running", .file("./running")), ("-", .file("-")),
    ("/run/jool/a.sock", .file("/run/jool/a.sock")), ("runningx", .file("runningx")),
  ])
  func knowsTheKindsOfTables(text: String, source: SessionSource) { #expect(SessionSource(text) == source) }
}
