import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// Readiness and the module: a node is ready only after its module, too, has the fetched sessions.
extension SyncNodeTests {
  @Test func isNotReadyBeforeTheModuleHasTheFetchedSessions() {
    var links = Links(count: 2, isFirst: true)
    links.cut = [[0, 1], [1, 0]]
    links.pass(.seconds(1))
    for index in 0...1 {
      links.nodes[index].beginAudit()
      links.nodes[index].finishAudit(completing: true, now: links.now)
      for number in 0..<100 { links.nodes[index].learn(.sample(1000 * index + number), now: links.now) }
    }
    links.pass(.seconds(1)) { $0.serveModules() }
    links.cut = []
    links.pass(.seconds(5))
    #expect(links.nodes.map(\.table.count) == [200, 200])
    #expect(links.states == [.mending, .mending], "the modules have added nothing yet")
    links.pass(.milliseconds(200)) { $0.serveModules() }
    #expect(links.states == [.ready, .ready])
  }

  /// A peer that fetched the table earlier would take an empty table for the complete one.
  @Test func theFirstNodeHasNoTableBeforeItsModuleWasRead() {
    var links = Links(count: 1)
    links.nodes[0].note(module: .unmet)
    links.pass(.seconds(4))
    #expect(links.states == [.starting])
    #expect(links.nodes[0].isFirst && !links.nodes[0].isListening, "it may send its module's sessions")
    links.nodes[0].note(module: .met)
    links.pass(.milliseconds(100))
    #expect(links.states == [.ready])
  }

  /// The module disappeared while fetched sessions were being added.
  ///
  /// The next audit finds the sessions that it lacks.
  @Test func isReadyAgainAfterItsFeedWasClosed() {
    var links = Links(count: 2, isFirst: true)
    links.cut = [[0, 1], [1, 0]]
    links.pass(.seconds(1))
    for index in 0...1 {
      links.nodes[index].beginAudit()
      links.nodes[index].finishAudit(completing: true, now: links.now)
      for number in 0..<100 { links.nodes[index].learn(.sample(1000 * index + number), now: links.now) }
    }
    links.cut = []
    links.pass(.seconds(5))
    for index in 0...1 {
      links.nodes[index].note(module: .away)
      links.nodes[index].feed.close()
      links.nodes[index].note(module: .met)
    }
    links.pass(.seconds(1))
    #expect(links.states == [.ready, .ready])
  }
}

extension SyncNodeTests.Links {
  /// Each module executes all requests.
  mutating func serveModules() {
    for index in nodes.indices {
      while let request = nodes[index].nextStoreRequest(1000, now: now) {
        nodes[index].finished(request, .done, now: now)
      }
    }
  }
}
