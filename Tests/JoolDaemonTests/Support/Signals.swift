import Glibc

/// Those of the signals that the calling thread blocks.
func blockedSignals(_ signals: [Int32]) -> [Int32] {
  var blocked = sigset_t()
  pthread_sigmask(SIG_BLOCK, nil, &blocked)
  return signals.filter { sigismember(&blocked, $0) == 1 }
}

/// Runs `body` while the calling thread does not block the signals, and then blocks what it has blocked before.
func withUnblocked<Result>(_ signals: [Int32], _ body: () throws -> Result) rethrows -> Result {
  var (set, former) = (sigset_t(), sigset_t())
  sigemptyset(&set)
  for signal in signals { sigaddset(&set, signal) }
  pthread_sigmask(SIG_UNBLOCK, &set, &former)
  defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
  return try body()
}
