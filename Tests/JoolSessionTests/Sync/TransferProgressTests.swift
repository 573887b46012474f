import Testing

@testable import JoolSession

/// The credit that a receiver grants.
@Suite struct TransferProgressTests {
  @Test func theWindowDoublesWithProgress() {
    var progress = TransferProgress()
    var windows: [UInt32] = []
    var frame: UInt32 = 0
    for _ in 0..<7 {
      let credit = progress.credit(isRepeated: false)
      #expect(credit.next == frame)
      windows.append(credit.window)
      while !progress.isCreditDue {
        let isNew = progress.receive(frame, of: 100_000)
        #expect(isNew)
        frame += 1
      }
    }
    #expect(windows == [16, 32, 64, 128, 256, 256, 256])
    let repeated = progress.credit(isRepeated: true)
    let again = progress.credit(isRepeated: true)
    #expect(repeated.window == 256)
    #expect(again.next == repeated.next)
  }

  @Test func theWindowStaysWithoutProgress() {
    var progress = TransferProgress()
    for _ in 0..<5 {
      let credit = progress.credit(isRepeated: true)
      #expect(credit.window == 16)
    }
    _ = progress.receive(3, of: 50)
    let credit = progress.credit(isRepeated: true)
    #expect(credit.window == 16)
    #expect(credit.missing == [0, 1, 2] + Array(4..<16), "all frames that may have been sent and have not arrived")
  }

  @Test func listsMissingFrames() {
    var progress = TransferProgress()
    _ = progress.credit(isRepeated: false)
    for frame in [0, 1, 4, 6] as [UInt32] { _ = progress.receive(frame, of: 100) }
    #expect(!progress.isCreditDue)
    // The last frame that the credit allows: no further one will arrive.
    _ = progress.receive(15, of: 100)
    #expect(progress.isCreditDue)
    let credit = progress.credit(isRepeated: false)
    #expect(credit.next == 2)
    #expect(credit.missing == [2, 3, 5] + Array(7..<15))
    #expect(!progress.isCreditDue)
  }

  @Test func endsWithTheLastFrame() {
    var progress = TransferProgress()
    _ = progress.credit(isRepeated: false)
    for frame in [2, 0, 1] as [UInt32] {
      #expect(!progress.isFinished)
      _ = progress.receive(frame, of: 3)
    }
    #expect(progress.isFinished)
    #expect(progress.isCreditDue)
    let credit = progress.credit(isRepeated: false)
    #expect((credit.next, credit.window) == (3, 0))
    #expect(credit.missing == [])
  }

  @Test func refusesInvalidFrameNumbers() {
    var progress = TransferProgress()
    _ = progress.credit(isRepeated: false)
    let frames: [(UInt32, UInt32)] = [(0, 0), (5, 5), (5, 4), (512, 1000), (.max, .max), (.max - 1, .max)]
    for (frame, count) in frames {
      let isNew = progress.receive(frame, of: count)
      #expect(!isNew, "frame \(frame) of \(count)")
    }
    let first = progress.receive(0, of: 10)
    let twice = progress.receive(0, of: 10)
    let other = progress.receive(1, of: 11)
    #expect((first, twice, other) == (true, false, false))
  }
}
