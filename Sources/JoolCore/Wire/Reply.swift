/// The encoder of the module's answer to one request.
///
/// `Answer` decodes it. It serves programs that take the module's place: a session table that answers the module's
/// requests, and the fake modules of the tests.
///
/// The bytes are those of the real module. Tests compare them with captures of 4.1.9, 4.1.13 and 4.1.15.
package struct Reply: Sendable {
  /// The flags that are added to those of the request: `.error` or `.more`.
  package private(set) var flags: JoolHeader.Flags
  private var writer = AttributeWriter()

  private init(flags: JoolHeader.Flags = [], _ content: (inout AttributeWriter) -> Void = { _ in }) {
    self.flags = flags
    content(&writer)
  }

  /// The answer without attributes: an operation succeeded, or a list is empty.
  package static var done: Reply { Reply() }

  /// The answer to INSTANCE_HELLO: 1 STATUS u8, 0 alive, 1 dead.
  package static func status(isAlive: Bool) -> Reply { Reply { $0.attribute(1, UInt8(isAlive ? 0 : 1)) } }

  /// A page of a list.
  /// - `records`: The page's entries.
  /// - `hasMore`: Whether the list has entries after them.
  package static func page(_ records: some Sequence<some WireRecord>, hasMore: Bool = false) -> Reply {
    Reply(flags: hasMore ? .more : []) { for record in records { $0.nest(1, record) } }
  }

  /// A page of global variables, which should be in the order of their numbers.
  package static func globals(_ settings: some Sequence<GlobalSetting>, hasMore: Bool = false) -> Reply {
    Reply(flags: hasMore ? .more : []) { for setting in settings { setting.encode(into: &$0) } }
  }

  /// A page of counters, which should be in the order of their numbers.
  package static func statistics(_ counters: some Sequence<Statistic>, hasMore: Bool = false) -> Reply {
    Reply(flags: hasMore ? .more : []) { for counter in counters { $0.attribute(counter.id, counter.value) } }
  }

  /// The answer to an address query.
  package static func translation(_ translation: AddressTranslation) -> Reply {
    Reply { translation.encode(into: &$0) }
  }

  /// A refusal: 1 ERR_CODE u16, 2 ERR_MSG text.
  /// - `code`: A positive errno.
  /// - `message`: The text, which may be empty. `nil`: ERR_MSG is left out.
  package static func refusal(code: UInt16, message: String?) -> Reply {
    Reply(flags: .error) {
      $0.attribute(1, code)
      if let message { $0.attribute(2, text: message) }
    }
  }

  // MARK: Pages

  /// The longest message of a module on a kernel with pages of 4 KiB: 26 sessions, or 51 BIB entries.
  package static let standardLimit = 3776

  /// Appends an entry of a list, unless the message would become longer than `limit` bytes.
  ///
  /// In that case the flag `.more` is set.
  /// - Returns: Whether the entry was appended.
  package mutating func append(_ record: some WireRecord, limit: Int = standardLimit) -> Bool {
    var entry = AttributeWriter()
    entry.nest(1, record)
    guard EchoedHeader.attributesOffset + writer.bytes.count + entry.bytes.count <= limit else {
      flags.insert(.more)
      return false
    }
    writer.raw.append(contentsOf: entry.bytes)
    return true
  }

  // MARK: Messages

  /// The whole netlink message.
  /// - `header`: Jool's header of the request.
  /// - `family`: The number of the family, `nlmsg_type`.
  /// - `sequence`: The request's sequence number.
  /// - `port`: The requester's port.
  package func message(
    echoing header: EchoedHeader, family: UInt16, sequence: UInt32, port: UInt32 = 0
  ) -> [UInt8] {
    AttributeWriter.message(type: family, flags: 0, sequence: sequence, port: port) {
      $0.genericHeader(command: 0, version: GenericFamily.moduleVersion)
      $0.raw.append(contentsOf: header.bytes(adding: flags))
      $0.raw.append(contentsOf: writer.bytes)
    }
  }

  /// The whole netlink message that answers `request`.
  package func message(to request: Request, family: UInt16, sequence: UInt32, port: UInt32 = 0) -> [UInt8] {
    message(echoing: EchoedHeader(request.header), family: family, sequence: sequence, port: port)
  }
}
