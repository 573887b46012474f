#if DEBUG

  @testable import JoolCore
  @testable import JoolSession

  /// Requests to a session table that takes the module's place.
  enum ResponderTarget {
    private static let family: UInt16 = 32

    /// Sends the bytes to a table of a few hundred sessions, twice: the second time, lists may continue.
    static func run(_ bytes: [UInt8]) {
      guard let pool6, let table else { return require(false, "no constants") }
      let instance = InstanceEntry(namespace: 1, framework: .netfilter, name: .default)
      var responder = ModuleResponder(profile: ModuleProfile(instance: instance, pool6: pool6), family: family)
      for _ in 0..<2 {
        for reply in responder.respond(to: bytes, table: table, now: start) { check(reply) }
      }
    }

    private static let start = Instant.now
    private static let pool6 = IPv6Prefix(address: IPv6Address(bits: 0x64_ff9b << 96), length: 96)

    private static let table: SessionTable? = {
      guard let pool6, var table = SessionTable(pool6: pool6, now: start) else { return nil }
      for number in 0..<300 {
        let client = TransportAddress(IPv6Address(bits: UInt128(number / 3)), 4000)
        let node = TransportAddress(IPv4Address(bits: 0xC000_0208), UInt16(number))
        let session = SessionEntry(
          proto: L4Protocol.allCases[number % 2], source6: client,
          destination6: TransportAddress(IPv6Address(bits: 0), 0),
          source4: TransportAddress(IPv4Address(bits: 0xC000_0201), UInt16(number / 3)), destination4: node,
          expiration: Milliseconds(60_000))
        _ = table.upsert(session, now: start)
      }
      return table
    }()

    /// A reply is one whole message that the client's decoders accept.
    private static func check(_ reply: [UInt8]) {
      var reader = NetlinkMessageReader(reply.span.bytes)
      guard let message = try? reader.next(), message.range.count == reply.count else {
        return require(false, "the reply is no message")
      }
      switch message.header.type {
      case NetlinkHeader.error: require((try? NetlinkError(decoding: message.payload)) != nil, "no netlink error")
      case GenericFamily.controller: require((try? GenericFamily(decoding: message.payload)) != nil, "no family")
      default: require(message.header.type == family && reply.count >= 48, "the reply is of another family")
      }
    }
  }

#endif
