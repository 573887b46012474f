/// A host as the user wrote it: an address or a name, perhaps with a zone (RFC 4007 §11), as in `ff02::1%eth2`.
struct ZonedHost: Hashable, Sendable {
  let host: String
  /// The interface, by its name or its number.
  let zone: String?

  init(_ text: String) {
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    host = parts.first.map(String.init) ?? ""
    zone = parts.count > 1 ? String(parts[1]) : nil
  }
}
