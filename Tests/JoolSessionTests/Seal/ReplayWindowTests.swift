import JoolCore
import TestSupport
import Testing

@testable import JoolSession

@Suite struct ReplayWindowTests {
  @Test func admitsEachNumberOnceInAnyOrder() {
    var window = ReplayWindow(after: 1000)
    var seen: Set<UInt64> = []
    var random = SeededGenerator(seed: 9)
    var base: UInt64 = 1001
    for _ in 0..<50_000 {
      base += UInt64.random(in: 0...3, using: &random)
      let number = base + UInt64.random(in: 0...500, using: &random)
      let isFirst = window.admit(number)
      #expect(isFirst == seen.insert(number).inserted, "\(number)")
    }
  }

  @Test func refusesNumbersBelowTheWindow() {
    var window = ReplayWindow(after: 9)
    let numbers: [UInt64] = [
      10, 1_000_000, 11, 1_000_000 - ReplayWindow.size, 1_000_000 - ReplayWindow.size / 2, .max, .max, 1_000_001,
    ]
    let admitted = numbers.map { window.admit($0) }
    #expect(admitted == [true, true, false, false, true, true, false, false])
  }

  @Test(arguments: [0, 63, 64, 5000, UInt64.max - 70]) func refusesNumbersUpToItsStart(first: UInt64) {
    var window = ReplayWindow(after: first)
    for number in (first > 5000 ? first - 5000 : 0)...first {
      let isFirst = window.admit(number)
      #expect(!isFirst, "\(number)")
    }
    let later = (first + 1...first + 70).reversed().map { window.admit($0) }
    #expect(later.allSatisfy { $0 })
  }
}
