internal import JoolCore

/// Answers the requests of one client as a NAT64's module does, from a session table instead of the kernel.
///
/// It serves the requests that read: instances, global variables, counters, pool4, BIB and sessions. It notes whether
/// the client wants the table to be advertised, and whether it joined the group of followers. It refuses everything
/// else. Malformed requests get the answers of netlink and of the module. It has no socket and no clock: datagrams and
/// time are arguments. Each client needs a responder of its own, because a responder remembers its client's last page.
///
/// The table should keep its masks in order (`SessionTable.keepMasksInOrder()`); otherwise each page sorts them.
package struct ModuleResponder: Sendable {
  /// The properties of the instance.
  ///
  /// They may change between requests.
  package var profile: ModuleProfile
  private let family: GenericFamily
  /// Whether the client may have the table advertised.
  private let mayAdvertise: Bool
  private var listing = TableListing()
  /// Whether the client has joined the group of those who receive sessions as they are stored.
  package private(set) var isFollowing = false
  /// Whether the client has requested that the table be advertised since this was last set to false.
  package var wantsAdvertisement = false

  /// The greatest number of messages of a datagram that are answered, so that no datagram takes long.
  static let maxMessages = 64

  /// Makes a responder for one client.
  /// - Parameters:
  ///   - profile: The properties of the instance.
  ///   - family: The number of the netlink family, which the client asks for first.
  ///   - mayAdvertise: Whether the client may have the table advertised.
  package init(profile: ModuleProfile, family: UInt16 = 32, mayAdvertise: Bool = false) {
    self.profile = profile
    self.family = GenericFamily(id: family, syncGroup: 1)
    self.mayAdvertise = mayAdvertise
  }

  /// Answers a datagram.
  ///
  /// Does not block.
  /// - Parameters:
  ///   - datagram: Netlink messages. As in the kernel, messages that are not requests, and all after one whose length
  ///     is impossible, are ignored. So are those beyond `maxMessages`.
  ///   - table: The sessions.
  ///   - now: The time, for the expirations of sessions.
  /// - Returns: The datagrams to send, in this order.
  package mutating func respond(
    to datagram: [UInt8], table: borrowing SessionTable, now: Instant
  ) -> [[UInt8]] {
    var replies: [[UInt8]] = []
    var reader = NetlinkMessageReader(datagram.span.bytes)
    var rest = Self.maxMessages
    do throws(WireFormatError) {
      while rest > 0, let message = try reader.next() {
        rest -= 1
        let header = message.header
        var isRefused = false
        if header.isRequest, !header.isControl {
          do throws(NetlinkRefusal) {
            let reply = try answer(message.payload, header, table: table, now: now)
            if let reply { replies.append(reply) }
          } catch {
            isRefused = true
            replies.append(NetlinkReply.refusal(error, of: datagram[message.range], header))
          }
        }
        if header.wantsAcknowledgement, !isRefused {
          replies.append(NetlinkReply.acknowledgement(of: datagram[message.range], header))
        }
      }
    } catch {
      // The length of the next message is impossible. The kernel does not answer either.
    }
    return replies
  }

  /// The answer to a message for the controller or for the Jool family; `nil` if it gets none.
  /// - `payload`: the bytes after the netlink header.
  private mutating func answer(
    _ payload: RawSpan, _ header: NetlinkHeader, table: borrowing SessionTable, now: Instant
  ) throws(NetlinkRefusal) -> [UInt8]? {
    if header.isForController {
      guard let group = MembershipRequest.group(decoding: payload) else { return try family.reply(to: payload, header) }
      guard family.groups.contains(where: { $0.id == group }) else { throw .noSuchFamily }
      isFollowing = true
      return nil
    }
    guard header.type == family.id else { throw .noSuchFamily }
    // `genlmsghdr` is before Jool's header.
    guard payload.byteCount >= 4 + JoolHeader.size else { throw .malformed }
    let attributes = payload.extracting(droppingFirst: 4 + JoolHeader.size)
    let echoed: EchoedHeader
    let command: UInt8
    do throws(WireFormatError) {
      command = try payload.nativeInteger(at: 0, as: UInt8.self, field: "cmd")
      echoed = try EchoedHeader(decoding: payload.extracting(droppingFirst: 4))
    } catch {
      throw .malformed
    }
    guard let operation = JoolOperation(rawValue: command), !header.isDump else { throw .unsupported }
    do throws(WireFormatError) { try ListArguments.validate(attributes) } catch { throw .malformed }
    let reply: Reply?
    do throws(ModuleRefusal) {
      try check(echoed, operation)
      reply = try self.reply(to: operation, echoed, attributes, table: table, now: now)
    } catch {
      reply = .refusal(code: error.code, message: error.text)
    }
    return reply?.message(echoing: echoed, family: family.id, sequence: header.sequence, port: header.port)
  }

  /// The module's checks of the header, in its order.
  private func check(_ header: EchoedHeader, _ operation: JoolOperation) throws(ModuleRefusal) {
    guard header.hasMagic else { throw .notJool }
    guard let translator = header.translator else { throw .unknownTranslator }
    guard translator == .nat64 else { throw .noSIIT }
    let (client, module) = (header.version, profile.version)
    guard (client.major, client.minor) == (module.major, module.minor) else {
      throw .version(client: client, module: module)
    }
    guard operation.onlyIn != .siit else { throw .siitCommand }
    switch operation {
    case .instanceForEach, .instanceAdd, .instanceHello, .instanceRemove, .instanceFlush, .fileHandle: return
    default: break
    }
    guard let name = header.instance else { throw .instanceName }
    guard (name.description.isEmpty ? .default : name) == profile.instance.name else {
      throw .noInstance(name.description)
    }
    if let reason = profile.unavailability { throw .notNow(reason) }
  }

  private mutating func reply(
    to operation: JoolOperation, _ header: EchoedHeader, _ attributes: RawSpan, table: borrowing SessionTable,
    now: Instant
  ) throws(ModuleRefusal) -> Reply? {
    switch operation {
    case .instanceHello:
      guard let name = header.instance else { throw .instanceName }
      return .status(isAlive: name == profile.instance.name)
    case .sessionSyncAcknowledge:
      // A follower acknowledges what it received. Nobody waits for that here, and success has no answer.
      return nil
    case .sessionSyncAdvertise: return try advertise()
    case .instanceForEach, .globalForEach, .statisticsForEach, .pool4ForEach, .bibForEach, .sessionForEach: break
    default: throw .readOnly(operation)
    }
    let arguments: ListArguments
    do throws(WireFormatError) {
      arguments = try ListArguments(decoding: attributes, of: operation)
    } catch {
      throw .malformed(error)
    }
    switch operation {
    case .instanceForEach: return try profile.instances(after: arguments.instance)
    case .globalForEach: return profile.globals(after: arguments.number)
    case .statisticsForEach:
      return profile.statistics(after: arguments.number, bibEntries: table.bibCount, sessions: table.count)
    case .pool4ForEach:
      guard let proto = arguments.proto else { throw .noProtocol }
      return try profile.pool4(of: proto, after: arguments.pool4)
    case .bibForEach:
      guard let proto = arguments.proto else { throw .noProtocol }
      return bibEntries(of: proto, after: arguments.bib?.source4, table: table)
    default:
      guard let proto = arguments.proto else { throw .noTransportProtocol }
      return sessions(of: proto, after: arguments.session, table: table, now: now)
    }
  }

  private mutating func advertise() throws(ModuleRefusal) -> Reply {
    switch profile.advertisement {
    case .none: throw .readOnly(.sessionSyncAdvertise)
    case .possible, .refused: guard mayAdvertise else { throw .mayNotAdvertise }
    }
    if case .refused(let reason) = profile.advertisement { throw .notNow(reason) }
    wantsAdvertisement = true
    return .done
  }

  private func bibEntries(
    of proto: L4Protocol, after position: TransportAddress4?, table: borrowing SessionTable
  ) -> Reply {
    var reply = Reply.done
    listing.appendBIBEntries(of: proto, after: position, from: table, to: &reply, limit: profile.messageLimit)
    return reply
  }

  private mutating func sessions(
    of proto: L4Protocol, after position: ListArguments.SessionOffset?, table: borrowing SessionTable, now: Instant
  ) -> Reply {
    var reply = Reply.done
    listing.appendSessions(
      of: proto, after: position, from: table, to: &reply, limit: profile.messageLimit, now: now)
    return reply
  }
}
