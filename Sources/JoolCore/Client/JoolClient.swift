internal import SystemPackage

/// Asks the module. One exchange per request, on the calling thread: the module acts in that thread's network namespace.
public struct JoolClient<Transport: KernelTransport & ~Copyable>: ~Copyable {
  public var transport: Transport
  public let family: GenericFamily
  /// The loaded module's.
  public let module: ModuleVersion
  /// The instance that requests are about.
  public var instance: InstanceName
  public let translator: TranslatorType
  private var sequence: UInt32

  /// The family's name, and the module's group for sessions to synchronize.
  public static var familyName: String { "Jool" }
  public static var syncGroup: String { "joold" }

  /// Finds the module.
  /// - Parameters:
  ///   - module: its version if it is known (`ModuleVersion.loaded()`); else it is asked for it.
  ///   - sequence: of the first request; multicasts have 0.
  /// - Throws: `JoolError.moduleNotLoaded`, `.unsupportedModule`, `.refused`, or what the transport throws.
  public init(
    transport: consuming Transport, translator: TranslatorType, instance: InstanceName = .default,
    module: ModuleVersion?, sequence: UInt32 = 1
  ) throws(JoolError) {
    var transport = transport
    var next = sequence
    let family = try Self.resolveFamily(over: &transport, sequence: &next)
    guard family.headerSize == UInt32(JoolHeader.size) else { throw .unsupportedModule(module) }
    var version = module
    if version == nil {
      version = try Self.askVersion(over: &transport, family: family.id, translator: translator, sequence: &next)
    }
    guard let version, version.isSupported else { throw .unsupportedModule(version) }
    self.family = family
    self.module = version
    self.translator = translator
    self.instance = instance
    self.sequence = next
    self.transport = transport
  }

  /// One request and its answer.
  public mutating func exchange(
    _ operation: JoolOperation, _ attributes: [RequestAttribute] = [], flags: JoolHeader.Flags = []
  ) throws(JoolError) -> Answer {
    let sequence = try post(operation, attributes, flags: flags)
    while true {
      guard let datagram = try transport.receive(waiting: true) else { throw .noAnswer }
      if let answer = try answer(in: datagram, to: sequence) { return answer }
    }
  }

  /// Sends a request that is answered only if it fails, and collects that answer.
  public mutating func command(_ operation: JoolOperation, _ attributes: [RequestAttribute] = []) throws(JoolError) {
    let sequence = try post(operation, attributes, flags: [])
    while let datagram = try transport.receive(waiting: false) {
      if try answer(in: datagram, to: sequence) != nil { return }
    }
  }

  /// A list, page by page.
  /// - Parameters:
  ///   - first: the attributes of every request.
  ///   - offset: the attribute that names the last element received.
  ///   - page: gets each page as it arrives. Lists are not snapshots: entries may come and go between pages.
  mutating func list<Record: WireRecord>(
    _ operation: JoolOperation, _ first: [RequestAttribute], offset: (Record) -> [RequestAttribute],
    page: ([Record]) throws(JoolError) -> Void
  ) throws(JoolError) {
    var attributes = first
    var previous: Record?
    while true {
      let answer = try exchange(operation, attributes)
      let records = try Self.decoding { () throws(WireFormatError) in try answer.list(of: Record.self) }
      try page(records)
      guard answer.hasMore else { return }
      guard let last = records.last, last != previous else { throw .endlessList(operation) }
      attributes = offset(last)
      previous = last
    }
  }

  private mutating func post(
    _ operation: JoolOperation, _ attributes: [RequestAttribute], flags: JoolHeader.Flags
  ) throws(JoolError) -> UInt32 {
    guard operation.onlyIn == nil || operation.onlyIn == translator else { throw .wrongTranslator(operation) }
    let request = Request(
      operation, header: JoolHeader(version: module, translator: translator, flags: flags, instance: instance),
      attributes)
    defer { sequence = sequence == .max ? 1 : sequence + 1 }
    try transport.send(request.message(family: family.id, sequence: sequence))
    return sequence
  }

  /// The answer to our request `sequence`, if it is in this datagram.
  private func answer(in datagram: [UInt8], to sequence: UInt32) throws(JoolError) -> Answer? {
    do throws(JoolError) {
      return try Self.answer(in: datagram, to: sequence, family: family.id)
    } catch .refused(let code, let message) {
      // Up to 4.1.8 for any other version than the module's own; it may have been replaced since we learnt that.
      if code == .invalidArgument, let actual = Self.versionStated(in: message), actual != module {
        throw .versionMismatch(module: actual, ours: module)
      }
      throw .refused(code: code, message: message)
    }
  }

  static func decoding<Value>(_ body: () throws(WireFormatError) -> Value) throws(JoolError) -> Value {
    do { return try body() } catch { throw .malformedAnswer(error) }
  }
}

extension JoolClient where Transport: ~Copyable {
  /// The answer to request `sequence`, if it is in this datagram. The one place where a refusal becomes an error.
  private static func answer(in datagram: [UInt8], to sequence: UInt32, family: UInt16) throws(JoolError) -> Answer? {
    let found = try decoding { () throws(WireFormatError) -> Result<Range<Int>, Errno>? in
      var reader = NetlinkMessageReader(datagram.span.bytes)
      while let message = try reader.next() {
        guard message.header.sequence == sequence else { continue }
        if message.header.type == NetlinkHeader.error {
          let code = try NetlinkError(decoding: message.payload).code
          if code != 0 { return .failure(Errno(rawValue: code)) }
        } else if message.header.type == family {
          return .success(message.range)
        }
      }
      return nil
    }
    let range: Range<Int>
    switch found {
    case .success(let bytes): range = bytes
    case .failure(let code): throw .refusedByNetlink(code)
    case nil: return nil
    }
    // Usually the datagram is this one message, and need not be copied.
    let message = range == datagram.indices ? datagram : Array(datagram[range])
    let answer = try decoding { () throws(WireFormatError) in try Answer(message: message) }
    if let refusal = try decoding({ () throws(WireFormatError) in try answer.refusal() }) {
      let code = Errno(rawValue: CInt(refusal.code))
      throw .refused(code: code, message: refusal.message ?? code.description)
    }
    return answer
  }

  private static func resolveFamily(
    over transport: inout Transport, sequence: inout UInt32
  ) throws(JoolError) -> GenericFamily {
    defer { sequence += 1 }
    try transport.send(GenericFamily.request(name: familyName, sequence: sequence))
    while let datagram = try transport.receive(waiting: true) {
      let family = try decoding { () throws(WireFormatError) -> Result<GenericFamily, Errno>? in
        var reader = NetlinkMessageReader(datagram.span.bytes)
        while let message = try reader.next() {
          guard message.header.sequence == sequence else { continue }
          if message.header.type == NetlinkHeader.error {
            return .failure(Errno(rawValue: try NetlinkError(decoding: message.payload).code))
          }
          return .success(try GenericFamily(decoding: message.payload))
        }
        return nil
      }
      switch family {
      case .success(let family): return family
      case .failure(.noSuchFileOrDirectory): throw .moduleNotLoaded
      case .failure(let code): throw .refusedByNetlink(code)
      case nil: continue
      }
    }
    throw .noAnswer
  }

  /// Modules do not tell their version in answers; but they refuse a request of version 0 and say theirs.
  private static func askVersion(
    over transport: inout Transport, family: UInt16, translator: TranslatorType, sequence: inout UInt32
  ) throws(JoolError) -> ModuleVersion? {
    defer { sequence += 1 }
    let header = JoolHeader(version: ModuleVersion(rawValue: 0), translator: translator)
    try transport.send(Request(.statisticsForEach, header: header).message(family: family, sequence: sequence))
    do throws(JoolError) {
      while let datagram = try transport.receive(waiting: true) {
        if try answer(in: datagram, to: sequence, family: family) != nil { return nil }
      }
      throw .noAnswer
    } catch .refused(let code, let message) {
      // The module looks for privileges and its own kind of translator first.
      guard let version = versionStated(in: message) else { throw .refused(code: code, message: message) }
      return version
    }
  }

  /// The version in "Version mismatch. … the kernel module is 4.1.13.0.⏎Please update…".
  private static func versionStated(in message: String) -> ModuleVersion? {
    let words = message.split { $0 == " " || $0 == "\n" }
    guard message.hasPrefix("Version mismatch."),
      let marker = words.indices.last(where: { words[$0...].starts(with: ["module", "is"]) })
    else { return nil }
    let text = words.dropFirst(marker + 2).first ?? ""
    return ModuleVersion(String(text.hasSuffix(".") ? text.dropLast() : text))
  }
}
