import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The responder against what the real module answered to the same requests.
@Suite struct CapturedExchangeTests {
  /// Requests whose answers do not depend on what is in the module.
  @Test(arguments: [
    "nat64-missing-instance", "nat64-instance-status-dead", "neg-bib-foreach-no-proto", "neg-dump-flag",
    "neg-global-update-not-nested", "neg-header-missing", "neg-header-truncated-27", "neg-header-truncated-4",
    "neg-iname-control", "neg-iname-unterminated", "neg-instance-foreach-offset-unknown",
    "neg-joold-ack-missing-instance", "neg-nlm-f-ack-jool-error", "neg-no-nlm-f-request",
    "neg-pool4-foreach-no-proto", "neg-pool4-foreach-offset-unknown", "neg-session-foreach-no-proto",
    "neg-session-foreach-offset-flat", "neg-unknown-attr", "neg-unknown-op", "neg-version-major",
    "neg-version-minor", "neg-version-zero", "neg-wrong-magic", "neg-wrong-xlator-op", "neg-xt-both",
    "neg-xt-siit-not-loaded", "neg-xt-zero", "pos-bib-foreach-offset-unknown", "pos-flag-error-echo",
    "pos-flag-m-echo", "pos-flags-echo", "pos-global-offset-unknown", "pos-iname-empty-hello", "pos-nlm-f-ack",
    "pos-op-zero-genl-version-9", "pos-reserved-echo", "pos-stats-offset-end", "pos-version-revision",
  ])
  func answersInTheSameBytes(name: String) throws {
    let exchange = try #require(CapturedExchange.all.get()[name])
    let loopback = Loopback()
    var responder = loopback.responder
    for (request, answers) in exchange.steps {
      let replies = responder.respond(to: request, table: loopback.table, now: loopback.now)
      // The kernel takes the port from the socket, not from the request.
      let expected = answers.map { $0[..<12] + request[12..<16] + $0[16...] }
      #expect(replies.map(Array.init) == expected.map(Array.init))
    }
  }

  @Test(arguments: [
    "nat64-session-display-paged", "nat64-session-display-tcp", "nat64-session-display-udp",
    "nat64-session-display-icmp", "nat64-session-display-empty",
  ])
  func listsTheSameSessionsInTheSamePages(name: String) throws {
    let exchange = try #require(CapturedExchange.all.get()[name])
    let pages = try exchange.steps.map { try $0.answers.map { try Answer(message: $0).list(of: SessionEntry.self) } }
    var loopback = Loopback(pages.joined().joined())
    let count = pages.joined().reduce(0) { $0 + $1.count }
    #expect(loopback.table.count == count)
    for (step, page) in zip(exchange.steps, pages) {
      let replies = loopback.responder.respond(to: step.request, table: loopback.table, now: loopback.now)
      #expect(replies.map(\.count) == step.answers.map(\.count))
      let listed = try replies.map { try Answer(message: $0).list(of: SessionEntry.self) }
      #expect(listed.joined().map(\.withoutTime) == page.joined().map(\.withoutTime))
      let flags = try [replies, step.answers].map { try $0.map { try Answer(message: $0).header.flags } }
      #expect(flags[0] == flags[1])
    }
  }
}

extension SessionEntry {
  /// The table keeps times in steps of 10 ms.
  fileprivate var withoutTime: Self {
    var session = self
    session.expiration = Milliseconds(0)
    return session
  }
}
