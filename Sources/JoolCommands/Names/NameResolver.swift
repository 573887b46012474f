import Glibc
import JoolCore
import Synchronization

/// Looks up the names of addresses, many at a time, and caches them.
///
/// The addresses of a page are looked up concurrently, by a bounded number of threads. If no answer arrives for
/// `patience`, the outstanding look-ups count as failed. If that happens with the first page, or twice, no more names
/// are looked up. So an unreachable name server costs one or two seconds, whatever the length of the table.
final class NameResolver {
  /// The greatest number of concurrent look-ups.
  static let threadLimit = 32
  /// The number of timeouts after which no more names are looked up.
  ///
  /// One is enough if nothing was answered before it.
  private static let silenceLimit = 2

  private let pool: LookupPool
  private let patience: Duration
  private var known: [AnyIPAddress: HostLookup] = [:]
  private var silences = 0

  init(patience: Duration = .seconds(1), lookup: @escaping @Sendable (AnyIPAddress) -> HostLookup) {
    self.patience = patience
    pool = LookupPool(lookup: lookup)
  }

  /// The result for an address that was passed to `prepare`.
  func result(for address: AnyIPAddress) -> HostLookup { known[address] ?? .unanswered }

  /// Looks up the addresses that are not cached yet.
  ///
  /// Blocks until all have an answer, or none arrives for `patience`.
  func prepare(_ addresses: some Sequence<AnyIPAddress>) {
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
