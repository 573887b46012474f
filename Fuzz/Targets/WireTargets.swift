#if DEBUG

  @testable import JoolCommands
  @testable import JoolCore

  /// The targets for bytes from the kernel and from the network.
  enum WireTargets {
    static func netlink(_ bytes: [UInt8]) {
      var reader = NetlinkMessageReader(bytes.span.bytes)
      do throws(WireFormatError) {
        while let message = try reader.next() {
          if let request = try? Request(decoding: message.payload) { check(request) }
          if let error = try? NetlinkError(decoding: message.payload) { _ = error.code }
          _ = try? GenericFamily(decoding: message.payload)
          if let multicast = try? SyncMulticast(decoding: message.payload) { records(multicast.sessions.copied()) }
        }
      } catch {
        require(!"\(error)".isEmpty, "an error without a message")
      }
      guard let answer = try? Answer(message: bytes) else { return }
      _ = try? answer.refusal()
      _ = try? answer.isAlive()
      _ = try? answer.translation()
      _ = try? answer.globals()
      _ = try? answer.statistics(module: .newestKnown)
      _ = try? answer.list(of: InstanceEntry.self)
      _ = try? answer.list(of: Pool4Entry.self)
      _ = try? answer.list(of: BIBEntry.self)
      _ = try? answer.list(of: SessionEntry.self)
      _ = try? answer.list(of: EAMEntry.self)
      _ = try? answer.list(of: IPv4Prefix.self)
    }

    static func syncDatagram(_ bytes: [UInt8]) { records(bytes) }

    private static func records(_ bytes: [UInt8]) {
      for length in [96, 64, 32] {
        guard let pool6 = IPv6Prefix(address: IPv6Address(bits: 0x64_ff9b << 96), length: length),
          let datagram = try? SyncDatagram(decoding: bytes.span.bytes, pool6: pool6)
        else { continue }
        guard !datagram.sessions.isEmpty else { continue }
        let encoded = datagram.format.encode(datagram.sessions)
        let again = try? SyncDatagram(decoding: encoded.span.bytes, pool6: pool6)
        require(again?.sessions == datagram.sessions, "sessions changed")
        require(again?.refused.isEmpty == true, "sessions are refused the second time")
      }
    }

    /// Checks that an accepted request is the same after encoding and decoding.
    private static func check(_ request: Request) {
      guard let message = try? request.message(family: 30, sequence: 1), message.count < Int(UInt16.max) else { return }
      let payload = message.span.bytes.extracting(droppingFirst: NetlinkHeader.size)
      require((try? Request(decoding: payload)) == request, "the request changed: \(request)")
    }
  }

#endif
