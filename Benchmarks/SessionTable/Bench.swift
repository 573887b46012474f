internal import BenchmarkSupport

/// Measures operations on all sessions of a workload, and prints the cost of each per session.
struct Bench {
  let workload: Workload
  private let clock = ProcessorClock()

  init(workload: Workload) { self.workload = workload }

  /// Runs something for each session, in turn or far from each other, and prints nanoseconds of processor time per
  /// session.
  func measure(_ name: String, inTurn: Bool = false, _ body: (Int) -> Void) {
    let began = clock.now
    for position in 0..<workload.count { body(inTurn ? position : workload.shuffled(position)) }
    report(name, clock.now - began)
  }

  func report(_ name: String, _ duration: Duration) {
    print("  \(name): \(Int(duration / .nanoseconds(1)) / workload.count) ns")
  }

  /// Prints the growth of memory per session.
  func reportMemory(since before: Memory) {
    let now = Memory.now()
    print("  memory: \(perSession(now.resident - before.resident)) bytes per session resident,", terminator: " ")
    print("\(perSession(now.peak - before.resident)) at the peak, while an index grew")
  }

  private func perSession(_ bytes: Int) -> Double { Double(bytes * 10 / workload.count) / 10 }
}
