internal import CSodium

/// Keys that are derived from others, by HKDF-SHA256 (RFC 5869).
///
/// These are two calls of HMAC, because a key is as long as one HMAC. The libsodium of Debian 12 does not have HKDF yet.
extension SecretKey {
  /// Derives a key for one purpose.
  /// - `salt`: keys with different salts are independent.
  /// - `info`: names the purpose.
  func derived(salt: [UInt8], info: [UInt8]) -> SecretKey {
    let extracted = withBytes { Self.hmac($0, KeyRing.keySize, key: salt, salt.count) }
    let block = info + [1]
    return extracted.withBytes { Self.hmac(block, block.count, key: $0, KeyRing.keySize) }
  }

  private static func hmac(
    _ message: UnsafePointer<UInt8>, _ size: Int, key: UnsafePointer<UInt8>, _ keySize: Int
  ) -> SecretKey {
    SecretKey { code in
      var state = crypto_auth_hmacsha256_state()
      crypto_auth_hmacsha256_init(&state, key, keySize)
      crypto_auth_hmacsha256_update(&state, message, UInt64(size))
      crypto_auth_hmacsha256_final(&state, code)
    }
  }
}
