import JoolCore
import TestSupport
import Testing

@testable import JoolSession

/// The schedule of table comparisons without a known loss.
@Suite struct AntiEntropyTests {
  private let start = Instant.now
  private let peer = Incarnation(2)

  private func after(_ seconds: Double) -> Instant { start + .seconds(seconds) }

  @Test func requiresALastingDifference() {
    var antiEntropy = AntiEntropy()
    antiEntropy.note(peer, differs: true, now: start)
    #expect(!antiEntropy.isDue(peer, now: after(0.9)))
    antiEntropy.note(peer, differs: false, now: after(0.95))
    antiEntropy.note(peer, differs: true, now: after(1))
    #expect(!antiEntropy.isDue(peer, now: after(1.9)))
    antiEntropy.note(peer, differs: true, now: after(2))
    #expect(antiEntropy.isDue(peer, now: after(2)))
    #expect(!antiEntropy.isDue(Incarnation(3), now: after(2)))
  }

  /// The pause doubles after each pull that brings this node nothing, even if the peer's own pulls bring it sessions.
  @Test func thePauseDependsOnlyOnOwnPulls() {
    var antiEntropy = AntiEntropy()
    var now = start
    func pause(brought: Int) -> Double {
      antiEntropy.ended(peer, brought: brought, now: now)
      let ended = now
      repeat {
        now += .seconds(1)
        antiEntropy.note(peer, differs: true, now: now)
      } while !antiEntropy.isDue(peer, now: now)
      return (now - ended) / .seconds(1)
    }
    let pauses = [0, 0, 0, 0, 0, 0, 0, 5, 0].map { pause(brought: $0) }
    #expect(pauses == [2, 4, 8, 16, 32, 64, 64, 2, 4])
    antiEntropy.keep { $0 != peer }
    antiEntropy.note(peer, differs: true, now: now)
    #expect(antiEntropy.isDue(peer, now: now + .seconds(1)), "a new peer has no pause")
  }

  /// Two tables with the same sessions, of which one has missed a later expiration.
  @Test func aLostRefreshChangesTheDigest() throws {
    var ours = try #require(SessionTable(pool6: .wellKnown, now: start))
    _ = ours.upsert(.sample(1), version: Version(rawValue: 1 << 30), now: start)
    var theirs = ours
    #expect(ours.rootDigest == theirs.rootDigest)
    _ = theirs.upsert(.sample(1, expiration: 250_000), version: Version(rawValue: 2 << 30), now: start)
    #expect(ours.rootDigest != theirs.rootDigest)
    let buckets = (0..<4096).filter { ours.digest(of: $0) != theirs.digest(of: $0) }
    #expect(buckets.count == 1)
    #expect(theirs.kernelOrder(inBuckets: { buckets.contains($0) }).count == 1)
  }
}
