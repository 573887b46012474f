import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Audits as the driver sees them: requests to read, their answers, and how advertisements end.
@Suite struct TableAuditTests {
  private let start = Instant.now

  /// Answers the audit's requests with these sessions, page by page.
  /// - Returns: the requests.
  private func read(
    _ audit: inout TableAudit, _ sessions: [SessionEntry], statics: [BIBEntry] = [], page: Int = 100
  ) -> [StoreRequest] {
    var requests: [StoreRequest] = []
    while let request = audit.request {
      requests.append(request)
      switch request {
      case .readBIB(let proto, _):
        _ = audit.note(.bibEntries(statics.filter { $0.proto == proto }, hasMore: false), now: start)
      case .readSessions(let proto, let previous):
        let all = sessions.filter { $0.proto == proto }
        let rest = previous.flatMap { all.firstIndex(of: $0) }.map { all[($0 + 1)...] } ?? all[...]
        _ = audit.note(.sessions(Array(rest.prefix(page)), hasMore: rest.count > page), now: start)
      default: Issue.record("\(request)")
      }
    }
    return requests
  }

  @Test func readsBIBsBeforeSessionsPageByPage() {
    var audit = TableAudit(because: .repair, now: start)
    let sessions = (0..<5).map { SessionEntry.sample($0) }
    let requests = read(&audit, sessions, page: 2)
    let bibs = [L4Protocol.tcp, .udp, .icmp].map { StoreRequest.readBIB($0, after: nil) }
    #expect(Array(requests.prefix(3)) == bibs)
    #expect(
      requests.dropFirst(3) == [
        .readSessions(.tcp, after: nil), .readSessions(.udp, after: nil), .readSessions(.udp, after: sessions[1]),
        .readSessions(.udp, after: sessions[3]), .readSessions(.icmp, after: nil),
      ])
    #expect(audit.count == 5)
    let compared = audit.nextBurst(sending: .empty, now: start)
    #expect(Set(compared) == Set(sessions))
    #expect(audit.isFinished)
  }

  @Test func reportsTheStaticEntriesWithTheLastPage() {
    var audit = TableAudit(because: .repair, now: start)
    var entry = SessionEntry.sample(1).bibEntry
    entry.isStatic = true
    var statics: [StaticEntries] = []
    while let request = audit.request {
      var outcome = StoreRequest.Outcome.done
      if case .readBIB(entry.proto, _) = request { outcome = .bibEntries([entry], hasMore: false) }
      statics += audit.note(outcome, now: start).map { [$0] } ?? []
    }
    #expect(statics.count == 1)
    #expect(statics.first?.contains(entry) == true)
  }

  @Test func pausesWhileTheSendQueueIsNotEmpty() {
    for reason in [SessionProxy.Audit.repair, .advertisement] {
      var audit = TableAudit(because: reason, now: start)
      _ = read(&audit, [.sample(1)])
      let waiting = audit.nextBurst(sending: .waiting, now: start)
      #expect(waiting.isEmpty && audit.deadline == nil, "the send queue wakes the proxy")
      let stalled = audit.nextBurst(sending: .stalled, now: start)
      #expect(stalled.count == (reason == .repair ? 1 : 0), "a node without its link must become ready, too")
    }
  }

  /// Neither an audit nor a stream of new sessions delays the other.
  @Test func takesTurnsWithAdditions() {
    var group = Group()
    group.addsPerTurn = 0
    group.announce((0..<6000).map { .sample($0, expiration: 290_000) }, at: 0)
    group.pass(.seconds(1))
    group.proxies[1].requestAudit(.precaution)
    var isRead: [Bool] = []
    for _ in 0..<6 {
      guard let request = group.proxies[1].nextStoreRequest(now: group.now) else { break }
      isRead.append(request.belongsToAudit)
      group.proxies[1].finished(request, .done, now: group.now)
    }
    #expect(isRead == [false, true, false, true, false, true])
  }

  /// A user who waits for an advertisement is told why it did not happen.
  @Test(arguments: [AdvertisementOutcome.absent, .otherPool6, .newIdentity, .unreadable, .stalled])
  func endsAnAdvertisementThatCannotGoOn(_ outcome: AdvertisementOutcome) throws {
    var group = Group()
    group.proxies[0].requestAudit(.advertisement)
    if outcome == .stalled {
      _ = group.readModule(0, [.sample(1)])
      _ = group.proxies[0].takeDatagrams(now: group.now, sending: .stalled)
    } else {
      let first = group.proxies[0].nextAuditRequest(now: group.now)
      #expect(first != nil && group.proxies[0].isAuditing)
      switch outcome {
      case .absent: group.proxies[0].detached(now: group.now)
      case .otherPool6:
        var kernel = Group.kernel
        kernel.pool6 = try #require(IPv6Prefix("2001:db8::/96"))
        group.proxies[0].attached(kernel, now: group.now)
      case .newIdentity: group.proxies[0].startAnew(seed: 77, sealStart: 77, clock: 0, now: group.now)
      default: if let first { group.proxies[0].finished(first, .refused, now: group.now) }
      }
    }
    #expect(!group.proxies[0].isAuditing)
    #expect(group.proxies[0].takeAdvertisement() == outcome)
    #expect(group.proxies[0].takeAdvertisement() == nil, "once")
  }

  @Test func ignoresAPageOfAnAbandonedAudit() throws {
    var group = Group()
    group.proxies[0].requestAudit(.precaution)
    while group.proxies[0].nextAuditRequest(now: group.now) != .readSessions(.tcp, after: nil) {
      let next = group.proxies[0].nextAuditRequest(now: group.now)
      group.proxies[0].finished(try #require(next), .done, now: group.now)
    }
    group.proxies[0].detached(now: group.now)
    group.proxies[0].attached(Group.kernel, now: group.now)
    let first = group.proxies[0].nextAuditRequest(now: group.now)
    #expect(first == .readBIB(.tcp, after: nil))
    group.proxies[0].finished(.readSessions(.tcp, after: nil), .sessions([.sample(1)], hasMore: false), now: group.now)
    let next = group.proxies[0].nextAuditRequest(now: group.now)
    #expect(next == first, "the new audit has not read this BIB yet")
  }

  @Test func reportsTheNumberOfAdvertisedSessions() {
    var group = Group()
    group.proxies[0].requestAudit(.advertisement)
    let reason = group.audit(0, (0..<10).map { .sample($0) })
    #expect(reason == .advertisement)
    #expect(group.proxies[0].takeAdvertisement() == .sent(10))
  }

  /// The audit that was under way may have read the module before the user's last change.
  @Test func anAdvertisementThatIsRequestedLateHasItsOwnEnd() {
    var group = Group()
    group.proxies[0].requestAudit(.precaution)
    _ = group.readModule(0, [.sample(1)])
    group.proxies[0].requestAudit(.advertisement)
    group.finishAudit(0)
    #expect(group.proxies[0].takeAdvertisement() == nil)
    group.settle()
    let reason = group.audit(0, [.sample(1), .sample(2)])
    #expect(reason == .advertisement)
    #expect(group.proxies[0].takeAdvertisement() == .sent(2))
  }
}
