internal import CSodium

/// The SHA-256 of bytes that arrive one block after the other.
struct Checksum: Sendable {
  private var state = crypto_hash_sha256_state()

  init() { crypto_hash_sha256_init(&state) }

  mutating func add(_ bytes: RawSpan) {
    bytes.withUnsafeBytes { buffer in
      let start = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
      if let start { _ = crypto_hash_sha256_update(&state, start, UInt64(buffer.count)) }
    }
  }

  /// The checksum of the bytes so far.
  var bytes: [UInt8] {
    var (copy, result) = (state, [UInt8](repeating: 0, count: crypto_hash_sha256_bytes()))
    crypto_hash_sha256_final(&copy, &result)
    return result
  }
}
