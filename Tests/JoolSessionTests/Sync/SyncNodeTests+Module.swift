import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// A node is ready when its module has what was fetched, not when the table has it.
extension SyncNodeTests {
  @Test func isNotReadyBeforeTheModuleHasWhatWasFetched() {
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
    #expect(links.states == [.mending, .mending], "the modules have taken nothing yet")
    links.pass(.milliseconds(200)) { $0.serveModules() }
    #expect(links.states == [.ready, .ready])
  }

  /// Whoever fetched its table before would take nothing for all there is.
  @Test func theFirstNodeHasNoTableBeforeItsModulesWasRead() {
    var links = Links(count: 1)
    links.nodes[0].module = .unmet
    links.pass(.seconds(4))
    #expect(links.states == [.starting])
    #expect(links.nodes[0].isFirst && !links.nodes[0].isListening, "its module's sessions may be said")
    links.nodes[0].module = .met
    links.pass(.milliseconds(100))
    #expect(links.states == [.ready])
  }

  /// The module went away while it was to get what was fetched; the audit after that tells what it lacks.
  @Test func aFeedThatWasClosedKeepsNobodyFromBeingReady() {
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
      links.nodes[index].module = .away
      links.nodes[index].feed.close()
      links.nodes[index].module = .met
    }
    links.pass(.seconds(1))
    #expect(links.states == [.ready, .ready])
  }
}

extension SyncNodeTests.Links {
  /// Each module does what it is asked for.
  mutating func serveModules() {
    for index in nodes.indices {
      while let request = nodes[index].nextStoreRequest(1000, now: now) {
        nodes[index].finished(request, .done, now: now)
      }
    }
  }
}
