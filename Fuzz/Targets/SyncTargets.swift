#if DEBUG

  import JoolCore
  @testable import JoolSession

  /// The targets for frames of peers and key files of administrators.
  enum SyncTargets {
    private static let keys = try? KeyRing(
      parsing: "1 " + String(repeating: "07", count: KeyRing.keySize), name: "fuzz")

    /// Processes the frame plain and sealed by a member of the group, because valid seals may enclose malformed frames.
    static func syncFrame(_ bytes: [UInt8]) {
      let pool6 = IPv6Prefix(address: IPv6Address(bits: 0x64_ff9b << 96), length: 96)
      guard let pool6, let keys else { return require(false, "no constants") }
      if let frame = try? SyncFrame(decoding: bytes.span.bytes, pool6: pool6) {
        require(frame.encoded() == bytes, "the frame changed: \(frame)")
      }
      var sender = FrameSeal(keys: keys, start: 5)
      var now = Instant.now
      for (ring, datagrams) in [(nil, [bytes]), (keys, [bytes] + sender.seal([bytes]))] {
        var proxy = SessionProxy(instance: .default, seed: 1, keys: ring, sealStart: 3)
        proxy.attached(
          .init(format: .packed36, pool6: pool6, limits: SessionLimits(), isEnabled: true), now: now)
        for datagram in datagrams {
          _ = proxy.received(
            datagram: datagram.span.bytes, length: datagram.count, from: IPv6Address(bits: 1), now: now)
        }
        for _ in 0..<8 {
          now += .seconds(1)
          proxy.advance(to: now)
          _ = proxy.takeDatagrams(now: now)
          if let request = proxy.nextStoreRequest(now: now) { proxy.finished(request, .done, now: now) }
        }
        _ = proxy.status(now: now)
      }
    }

    static func keyFile(_ bytes: [UInt8]) {
      do throws(KeyRingError) {
        _ = try KeyRing(parsing: String(decoding: bytes, as: UTF8.self), name: "fuzz")
      } catch {
        require(!error.description.isEmpty, "an error without a message")
      }
    }
  }

#endif
