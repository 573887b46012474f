internal import SystemPackage

/// A client of Jool's kernel module.
///
/// It sends one request at a time, on the calling thread, and the module acts in that thread's network namespace.
///
/// Calls block until the kernel answers. The transport limits the wait: `NetlinkSocket` waits up to 5 seconds for each
/// datagram, then the call throws `JoolError.noAnswer`. Lists take one request per page. Only `acknowledgeSessions()`
/// and `addSessions(_:)` do not wait, because the module answers them only if they fail.
///
/// All calls throw `JoolError`. They have these errors in common:
/// - `JoolError.wrongTranslator` if the operation belongs to the other translator type. Nothing is sent.
/// - `JoolError.requestTooLarge` if the values do not fit in a request. Nothing is sent.
/// - `JoolError.refused` if the module refuses the request.
/// - `JoolError.versionMismatch` if the module refuses the request because its version is no longer `module`.
/// - `JoolError.refusedByNetlink` if netlink refuses the request before the module receives it.
/// - `JoolError.malformedAnswer` if the answer does not follow Jool's protocol.
/// - `JoolError.noAnswer` if no answer arrives in time.
/// - The errors of the transport; for `NetlinkSocket` these are `JoolError.netlinkLibrary`, `.system`, `.overrun` and
///   `.malformedAnswer`.
public struct JoolClient<Transport: KernelTransport & ~Copyable>: ~Copyable {
  /// The transport that carries the requests and answers.
  package var transport: Transport
  /// The module's generic netlink family, as resolved when the client was created.
  package let family: GenericFamily
  /// The version of the loaded module, which is sent in each request.
  public let module: ModuleVersion
  /// The instance that requests are about.
  public var instance: InstanceName
  /// The translator type that requests are about.
  public let translator: TranslatorType
  private var sequence: UInt32

  /// The name of the module's generic netlink family.
  package static var familyName: String { "Jool" }
  /// The name of the family's multicast group for sessions to synchronize.
  package static var syncGroup: String { "joold" }

  /// Resolves the module's netlink family, and its version unless that is known.
  ///
  /// Blocks until the kernel has answered both.
  /// - Parameters:
  ///   - transport: The transport to use. It is consumed even if this fails.
  ///   - translator: The translator type that requests are about.
  ///   - instance: The instance that requests are about.
  ///   - module: The module's version if it is known (`ModuleVersion.loaded()`). If it is `nil`, the module is asked
  ///     for it.
  ///   - sequence: The sequence number of the first request. For 0 it is 1, because multicasts have 0.
  /// - Throws: One of these errors:
  ///   - `JoolError.moduleNotLoaded` if the kernel has no such family.
  ///   - `JoolError.unsupportedModule` if the module's version or the size of its header is not supported.
  ///   - `JoolError.refused` if the module refuses the request for its version without naming the version.
  ///   - `JoolError.refusedByNetlink`, `.malformedAnswer`, `.noAnswer`, or an error of the transport.
  public init(
    transport: consuming Transport, translator: TranslatorType, instance: InstanceName = .default,
    module: ModuleVersion?, sequence: UInt32 = 1
  ) throws(JoolError) {
    var transport = transport
    var next = max(sequence, 1)
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

  /// Sends one request and returns its answer.
  ///
  /// Blocks until the answer arrives or the transport's time limit for a datagram (5 seconds for `NetlinkSocket`)
  /// expires. Datagrams that do not answer this request are dropped.
  /// - Throws: The errors that all calls have in common.
  package mutating func exchange(
    _ operation: JoolOperation, _ attributes: [RequestAttribute] = [], flags: JoolHeader.Flags = []
  ) throws(JoolError) -> Answer {
    let sequence = try post(operation, attributes, flags: flags)
    while true {
      guard let datagram = try transport.receive(waiting: true) else { throw .noAnswer }
      if let answer = try answer(in: datagram, to: sequence) { return answer }
    }
  }

  /// Sends a request that the module answers only if it fails, and reads that answer.
  ///
  /// Blocks while the kernel processes the request, but does not wait for an answer.
  /// - Throws: The errors that all calls have in common, except `JoolError.noAnswer`.
  package mutating func command(_ operation: JoolOperation, _ attributes: [RequestAttribute] = []) throws(JoolError) {
    let sequence = try post(operation, attributes, flags: [])
    while let datagram = try transport.receive(waiting: false) {
      if try answer(in: datagram, to: sequence) != nil { return }
    }
  }

  private mutating func post(
    _ operation: JoolOperation, _ attributes: [RequestAttribute], flags: JoolHeader.Flags
  ) throws(JoolError) -> UInt32 {
    guard operation.onlyIn == nil || operation.onlyIn == translator else { throw .wrongTranslator(operation) }
    let request = Request(
      operation, header: JoolHeader(version: module, translator: translator, flags: flags, instance: instance),
      attributes)
    let message = try request.message(family: family.id, sequence: sequence)
    defer { sequence = Self.following(sequence) }
    try transport.send(message)
    return sequence
  }

  /// The sequence number after `sequence`.
  ///
  /// It skips 0, which multicasts have.
  private static func following(_ sequence: UInt32) -> UInt32 { max(sequence &+ 1, 1) }

  /// The answer to request `sequence`, or `nil` if this datagram does not contain it.
  private func answer(in datagram: [UInt8], to sequence: UInt32) throws(JoolError) -> Answer? {
    do throws(JoolError) {
      return try Self.answer(in: datagram, to: sequence, family: family.id)
    } catch .refused(let code, let message) {
      // Modules up to 4.1.8 refuse every version but their own. The module may have been replaced since the client read
      // its version.
      if code == .invalidArgument, let actual = Self.versionStated(in: message), actual != module {
        throw .versionMismatch(module: actual, ours: module)
      }
      throw .refused(code: code, message: message)
    }
  }

  /// Reports a failure to decode as `JoolError.malformedAnswer`.
  static func decoding<Value>(_ body: () throws(WireFormatError) -> Value) throws(JoolError) -> Value {
    do { return try body() } catch { throw .malformedAnswer(error) }
  }
}

extension JoolClient where Transport: ~Copyable {
  /// The answer to request `sequence`, or `nil` if this datagram does not contain it.
  ///
  /// Refusals become errors only here.
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
    // Usually the datagram is this one message; then no copy is needed.
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
    defer { sequence = following(sequence) }
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

  /// The module's version.
  ///
  /// Answers do not contain it, but the module refuses a request of version 0 with a text that names its own version.
  /// `nil` if the module does not refuse.
  private static func askVersion(
    over transport: inout Transport, family: UInt16, translator: TranslatorType, sequence: inout UInt32
  ) throws(JoolError) -> ModuleVersion? {
    defer { sequence = following(sequence) }
    let header = JoolHeader(version: ModuleVersion(rawValue: 0), translator: translator)
    try transport.send(try Request(.statisticsForEach, header: header).message(family: family, sequence: sequence))
    do throws(JoolError) {
      while let datagram = try transport.receive(waiting: true) {
        if try answer(in: datagram, to: sequence, family: family) != nil { return nil }
      }
      throw .noAnswer
    } catch .refused(let code, let message) {
      // The module checks privileges and the translator type before the version; those refusals do not name it.
      guard let version = versionStated(in: message) else { throw .refused(code: code, message: message) }
      return version
    }
  }

  /// The version in "Version mismatch.
  ///
  /// … the kernel module is 4.1.13.0.⏎Please update…".
  private static func versionStated(in message: String) -> ModuleVersion? {
    let words = message.split { $0 == " " || $0 == "\n" }
    guard message.hasPrefix("Version mismatch."),
      let marker = words.indices.last(where: { words[$0...].starts(with: ["module", "is"]) })
    else { return nil }
    let text = words.dropFirst(marker + 2).first ?? ""
    return ModuleVersion(String(text.hasSuffix(".") ? text.dropLast() : text))
  }
}
