import Glibc
import Synchronization

/// Looks up names of addresses, many at a time, and remembers them.
///
/// A page's addresses are asked for at once, by a bounded number of threads. When nothing was answered for
/// `patience`, what is missing counts as failed; when that happens to the first page, or twice, nothing is asked any
/// more. So a dead name server costs a second or two, whatever the length of the table.
final class NameResolver {
  /// How many look-ups run at the same time.
  static let threadLimit = 32
  /// How often silence is waited for, if there were answers before.
  private static let silenceLimit = 2

  private let pool: LookupPool
  private let patience: Duration
  private var known: [HostAddress: HostLookup] = [:]
  private var silences = 0

  init(patience: Duration = .seconds(1), lookup: @escaping @Sendable (HostAddress) -> HostLookup) {
    self.patience = patience
    pool = LookupPool(lookup: lookup)
  }

  /// The result for an address that was prepared.
  func result(for address: HostAddress) -> HostLookup { known[address] ?? .unanswered }

  /// Looks up the addresses that are not known yet.
  func prepare(_ addresses: some Sequence<HostAddress>) {
    var missing = Set(addresses)
    missing.subtract(known.keys)
    guard !missing.isEmpty, silences < Self.silenceLimit else { return }
    pool.start(Array(missing))
    while !missing.isEmpty {
      let answers = pool.answers(within: patience)
      guard !answers.isEmpty else {
        silences = known.isEmpty ? Self.silenceLimit : silences + 1
        pool.cancel()
        for address in missing { known[address] = .unanswered }
        return
      }
      for (address, result) in answers {
        known[address] = result
        missing.remove(address)
      }
    }
  }
}
