import TestSupport
import Testing

@testable import JoolSession

@Suite struct TokenBucketTests {
  private let start = Instant.now

  @Test func admitsABurstAndThenALimitedRate() {
    var bucket = TokenBucket(rate: 1_000_000, burst: 5000)
    #expect(bucket.isFull(now: start) && bucket.has(5000, now: start))
    bucket.take(5000, now: start)
    #expect(!bucket.has(1, now: start))
    #expect(bucket.opening(for: 1000) == start + .milliseconds(1))
    #expect(bucket.has(1000, now: start + .milliseconds(1)))
    #expect(!bucket.has(1001, now: start + .milliseconds(1)))
    #expect(!bucket.isFull(now: start + .milliseconds(4)) && bucket.isFull(now: start + .milliseconds(5)))
    #expect(!bucket.has(5001, now: start + .seconds(3600)), "a pause accumulates no more than a burst")
  }

  /// The limit holds at any time, however much is requested.
  @Test func neverExceedsTheBurstAndTheRate() {
    var bucket = TokenBucket(rate: 8_000_000, burst: 512 << 10)
    var random = SeededGenerator(seed: 4)
    var (now, given) = (start, 0)
    for _ in 0..<20_000 {
      now += .microseconds(Int.random(in: 0...100, using: &random))
      let size = Int.random(in: 1...1452, using: &random)
      if bucket.has(size, now: now) {
        bucket.take(size, now: now)
        given += size
      }
      let allowed = Double(512 << 10) + 8_000_000 * ((now - start) / .seconds(1))
      #expect(Double(given) <= allowed)
    }
    #expect(Double(given) > 8_000_000 * ((now - start) / .seconds(1)), "the rate is used up")
  }
}
