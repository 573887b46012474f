@testable import JoolCommands
@testable import JoolCore

/// Jool's module in memory: takes requests as bytes and answers in bytes, with the real module's words.
///
/// It knows as much of the real one as the golden cases ask for.
final class FakeKernel {
  /// The module's "no".
  struct Refusal: Error {
    var code: UInt16
    var text: String
  }

  /// The modules that are loaded; without any there is no netlink family.
  var loaded: Set<TranslatorType> = [.nat64, .siit]
  var isPrivileged = true
  var version = ModuleVersion(4, 1, 15)
  /// The ports of the machine itself, which newer modules protect; `nil` is the module that does not.
  var ephemeralPorts: ClosedRange<UInt16>?
  var instances: [FakeInstance] = []
  /// How many entries of a list go into one answer.
  var pageSize = 3
  /// The operations that were asked for, in order.
  private(set) var requests: [JoolOperation] = []
  private var answers: [[UInt8]] = []
  /// The instance that FILE_HANDLE requests are building.
  private var candidate: FakeInstance?

  private static let family: UInt16 = 30
  static let namespace: UInt32 = 0x4323_4600

  /// A way to this module.
  func transport() -> AnyTransport {
    AnyTransport(
      send: { (datagram) throws(JoolError) in self.receive(datagram) },
      receive: { (_) throws(JoolError) in self.answers.isEmpty ? nil : self.answers.removeFirst() })
  }

  private func receive(_ datagram: [UInt8]) {
    do {
      var reader = NetlinkMessageReader(datagram.span.bytes)
      guard let message = try reader.next() else { return }
      let header = message.header
      if header.type == GenericFamily.controller {
        answers.append(familyAnswer(to: header))
      } else {
        let request = try Request(decoding: message.payload)
        requests.append(request.operation)
        answers.append(answer(to: request, sequence: header.sequence))
      }
    } catch {
      preconditionFailure("the request is malformed: \(error)")
    }
  }

  private func familyAnswer(to header: NetlinkHeader) -> [UInt8] {
    guard !loaded.isEmpty else {
      return AttributeWriter.message(type: NetlinkHeader.error, sequence: header.sequence, port: 0) {
        $0.raw.appendNative(Int32(-2))
      }
    }
    return AttributeWriter.message(type: GenericFamily.controller, sequence: header.sequence, port: 0) {
      $0.genericHeader(command: 1, version: 2)
      $0.attribute(1, Self.family)
      $0.attribute(2, text: "Jool")
      $0.attribute(4, UInt32(JoolHeader.size))
      $0.nest(7) { groups in
        groups.nest(1) {
          $0.attribute(1, text: "joold")
          $0.attribute(2, UInt32(9))
        }
      }
    }
  }

  private func answer(to request: Request, sequence: UInt32) -> [UInt8] {
    var header = request.header
    let payload: FakeAnswer
    do throws(Refusal) {
      payload = try work(on: request)
      header.flags = payload.hasMore ? .more : []
    } catch {
      header.flags = .error
      payload = FakeAnswer {
        $0.attribute(1, error.code)
        $0.attribute(2, text: error.text)
      }
    }
    return AttributeWriter.message(type: Self.family, sequence: sequence, port: 0) {
      $0.genericHeader(command: request.operation.rawValue, version: 1)
      header.encode(into: &$0)
      payload.encode(&$0)
    }
  }

  private func work(on request: Request) throws(Refusal) -> FakeAnswer {
    guard isPrivileged else {
      throw Refusal(code: 1, text: "CAP_NET_ADMIN capability required. (Maybe try su or sudo?)")
    }
    let type = request.header.translator
    guard loaded.contains(type) else {
      let module = type == .nat64 ? "jool" : "jool_siit"
      throw Refusal(code: 22, text: "\(type) Jool has not been modprobed. (Try `modprobe \(module)`)")
    }
    let client = request.header.version
    guard version >= ModuleVersion(4, 1, 9) || client == version else {
      throw Refusal(
        code: 22,
        text: "Version mismatch. The userspace client's version is \(client),\nbut the kernel module is \(version).\n")
    }
    let name = request.header.instance.description
    switch request.operation {
    case .instanceForEach:
      return page(of: instances.filter { $0.type == type }.map(\.entry), after: request.instanceOffset)
    case .instanceAdd: return try add(request, name: name)
    case .instanceHello:
      let alive = index(of: name, type) != nil
      return FakeAnswer { $0.attribute(1, UInt8(alive ? 0 : 1)) }
    case .instanceRemove:
      guard let index = index(of: name, type) else {
        throw Refusal(code: 3, text: "The requested instance does not exist.")
      }
      instances.remove(at: index)
    case .fileHandle: try handleFile(request)
    case .instanceFlush: instances.removeAll { $0.type == type }
    default:
      guard let index = index(of: name, type) else {
        throw Refusal(code: 3, text: "This namespace lacks an instance named '\(name)'.")
      }
      return try instances[index].work(on: request, for: self)
    }
    return FakeAnswer()
  }

  private func index(of name: String, _ type: TranslatorType) -> Int? {
    instances.firstIndex { $0.name == name && $0.type == type }
  }

  private func add(_ request: Request, name: String) throws(Refusal) -> FakeAnswer {
    guard case .newInstance(let new)? = request.attributes.first else { preconditionFailure("no operand") }
    let type = request.header.translator
    if type == .nat64 {
      guard let pool6 = new.pool6 else { throw Refusal(code: 22, text: "pool6 is mandatory in NAT64 instances.") }
      try Self.check(pool6: pool6, force: false)
    }
    guard index(of: name, type) == nil else {
      throw Refusal(code: 17, text: "This namespace already has a Jool instance named '\(name)'.")
    }
    if new.framework == .netfilter, instances.contains(where: { $0.type == type && $0.framework == .netfilter }) {
      throw Refusal(code: 17, text: "This namespace already has a Netfilter Jool instance.")
    }
    instances.append(FakeInstance(name: name, type: type, framework: new.framework, pool6: new.pool6))
    return FakeAnswer()
  }

  private func handleFile(_ request: Request) throws(Refusal) {
    for attribute in request.attributes {
      switch attribute {
      case .atomicInit(let framework):
        candidate = FakeInstance(
          name: request.header.instance.description, type: request.header.translator, framework: framework, pool6: nil)
      case .atomicEnd: try commit()
      default:
        do throws(Refusal) {
          try candidate?.fill(with: attribute, force: request.header.flags.contains(.force))
        } catch {
          candidate = nil
          throw error
        }
      }
    }
  }

  private func commit() throws(Refusal) {
    guard var new = candidate else { throw Refusal(code: 3, text: "Instance not found.") }
    candidate = nil
    let glued = "xlator_replace() failed. Errcode -22"
    guard new.type == .siit || new.globals.prefix6("pool6") != nil else {
      throw Refusal(code: 22, text: "pool6 is mandatory in NAT64 instances." + glued)
    }
    guard let index = index(of: new.name, new.type) else { return instances.append(new) }
    let old = instances[index]
    guard old.framework == new.framework else {
      throw Refusal(code: 22, text: "Sorry; you can't change an instance's framework for now." + glued)
    }
    guard new.type == .siit || old.globals.prefix6("pool6") == new.globals.prefix6("pool6") else {
      throw Refusal(code: 22, text: "Sorry; you can't change a NAT64 instance's pool6 for now." + glued)
    }
    new.bib = old.bib
    new.sessions = old.sessions
    instances[index] = new
  }

  static func check(pool6: IPv6Prefix, force: Bool) throws(Refusal) {
    guard IPv6Prefix.translationLengths.contains(pool6.length) else {
      throw Refusal(
        code: 22, text: "\(pool6.length) is not a valid prefix length (32, 40, 48, 56, 64, 96).")
    }
    try check(suffixOf: pool6)
    if pool6.length == 96, (pool6.address.bits >> 56) & 0xFF != 0, !force {
      throw Refusal(
        code: 22,
        text: """
          The u-bit is nonzero; see https://github.com/NICMx/Jool/issues/174.
          Will cancel the operation. Use --force to override this.
          """)
    }
  }

  static func check(suffixOf prefix: IPPrefix<some IPAddress>) throws(Refusal) {
    let address = prefix.address.bits
    guard prefix.length == 0 ? address == 0 : address << prefix.length == 0 else {
      throw Refusal(code: 22, text: "'\(prefix)' seems to have a suffix; please fix.")
    }
  }

  /// The entries after `offset`, as many as one answer holds.
  func page<Record: WireRecord>(of list: [Record], after offset: Record?) -> FakeAnswer {
    let start = offset.flatMap { list.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    let rest = list[start...]
    return FakeAnswer(hasMore: rest.count > pageSize) { writer in
      for record in rest.prefix(self.pageSize) { writer.nest(1, record) }
    }
  }
}

/// The attributes of an answer.
struct FakeAnswer {
  var hasMore = false
  var encode: (inout AttributeWriter) -> Void = { _ in }
}

extension Request {
  /// The protocol that a list is asked for.
  var proto: L4Protocol {
    for attribute in attributes {
      switch attribute {
      case .proto(let proto): return proto
      case .pool4Offset(let entry): return entry.proto
      case .bibOffset(let entry): return entry.proto
      default: continue
      }
    }
    preconditionFailure("no protocol")
  }

  var instanceOffset: InstanceEntry? {
    for case .instanceOffset(let entry) in attributes { return entry }
    return nil
  }

  var pool4Offset: Pool4Entry? {
    for case .pool4Offset(let entry) in attributes { return entry }
    return nil
  }

  var bibOffset: BIBEntry? {
    for case .bibOffset(let entry) in attributes { return entry }
    return nil
  }

  var prefixOffset: IPv4Prefix? {
    for case .prefixOffset(let prefix) in attributes { return prefix }
    return nil
  }

  var numberOffset: UInt8 {
    for case .numberOffset(let number) in attributes { return number }
    return 0
  }
}
