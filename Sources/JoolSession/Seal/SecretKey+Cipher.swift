internal import CSodium

/// Encryption and authentication by ChaCha20-Poly1305 (RFC 8439).
extension SecretKey {
  static let nonceSize = 12
  static let tagSize = 16

  /// Encrypts a text, and authenticates it together with its header.
  /// - `header`: its last twelve bytes are the nonce, which must never be the same for two texts.
  /// - Returns: header, ciphertext and tag.
  func seal(_ text: [UInt8], header: [UInt8]) -> [UInt8] {
    precondition(header.count >= Self.nonceSize)
    let size = header.count + text.count + Self.tagSize
    return [UInt8](unsafeUninitializedCapacity: size) { datagram, count in
      let end = datagram.initialize(fromContentsOf: header)
      guard let start = datagram.baseAddress else { return }
      withBytes { key in
        _ = crypto_aead_chacha20poly1305_ietf_encrypt(
          start + end, nil, text, UInt64(text.count), start, UInt64(end), nil, start + end - Self.nonceSize, key)
      }
      count = size
    }
  }

  /// Decrypts the text of a datagram that `seal` has made.
  /// - `headerSize`: the number of bytes of the header.
  /// - Returns: the text; `nil` if a byte of the datagram was changed, or if it was sealed with another key.
  func open(_ datagram: RawSpan, headerSize: Int) -> [UInt8]? {
    precondition(headerSize >= Self.nonceSize)
    let sealedSize = datagram.byteCount - headerSize
    guard sealedSize >= Self.tagSize else { return nil }
    var isAuthentic = false
    let text = [UInt8](unsafeUninitializedCapacity: sealedSize - Self.tagSize) { text, count in
      datagram.withUnsafeBytes { datagram in
        guard let start = datagram.assumingMemoryBound(to: UInt8.self).baseAddress else { return }
        let end = start + headerSize
        let status = withBytes { key in
          crypto_aead_chacha20poly1305_ietf_decrypt(
            text.baseAddress, nil, nil, end, UInt64(sealedSize), start, UInt64(headerSize), end - Self.nonceSize, key)
        }
        isAuthentic = status == 0
      }
      count = isAuthentic ? text.count : 0
    }
    return isAuthentic ? text : nil
  }
}
