@testable import JoolCommands
@testable import JoolCore

/// A model of Jool's module in memory.
///
/// It decodes requests and encodes answers, with the real module's messages.
///
/// It covers only the behavior that the golden cases need.
final class FakeKernel {
  /// The error that the module returns for a request.
  struct Refusal: Error {
    var code: UInt16
    var text: String
  }

  /// The loaded modules.
  ///
  /// If there are none, there is no netlink family.
  var loaded: Set<TranslatorType> = [.nat64, .siit]
  var isPrivileged = true
  var version = ModuleVersion(4, 1, 15)
  /// The machine's ephemeral ports, which newer modules protect; `nil` for an older module, which does not.
  var ephemeralPorts: ClosedRange<UInt16>?
  var instances: [FakeInstance] = []
  /// The maximum number of list entries in one answer.
  var pageSize = 3
  /// The operations of the received requests, in order.
  private(set) var requests: [JoolOperation] = []
  private var answers: [[UInt8]] = []
  /// The instance that FILE_HANDLE requests are building.
  private var candidate: FakeInstance?

  private static let family: UInt16 = 30
  static let namespace: UInt32 = 0x4323_4600

  /// A transport to this module.
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
        answers.append(familyAnswer(to: datagram, header))
      } else {
        let request = try Request(decoding: message.payload)
        requests.append(request.operation)
        answers.append(answer(to: request, sequence: header.sequence))
      }
    } catch {
      preconditionFailure("the request is malformed: \(error)")
    }
  }

  private func familyAnswer(to request: [UInt8], _ header: NetlinkHeader) -> [UInt8] {
    guard !loaded.isEmpty else { return NetlinkReply.refusal(.noSuchFamily, of: request, header) }
    return GenericFamily(id: Self.family, syncGroup: 9).description(sequence: header.sequence)
  }

  private func answer(to request: Request, sequence: UInt32) -> [UInt8] {
    let reply: Reply
    do throws(Refusal) {
      reply = try work(on: request)
    } catch {
      reply = .refusal(code: error.code, message: error.text)
    }
    return reply.message(to: request, family: Self.family, sequence: sequence)
  }

  private func work(on request: Request) throws(Refusal) -> Reply {
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
      return .status(isAlive: alive)
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
    return .done
  }

  private func index(of name: String, _ type: TranslatorType) -> Int? {
    instances.firstIndex { $0.name == name && $0.type == type }
  }

  private func add(_ request: Request, name: String) throws(Refusal) -> Reply {
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
    return .done
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
    guard new.type == .siit || new.globals.prefix6(.pool6) != nil else {
      throw Refusal(code: 22, text: "pool6 is mandatory in NAT64 instances." + glued)
    }
    guard let index = index(of: new.name, new.type) else { return instances.append(new) }
    let old = instances[index]
    guard old.framework == new.framework else {
      throw Refusal(code: 22, text: "Sorry; you can't change an instance's framework for now." + glued)
    }
    guard new.type == .siit || old.globals.prefix6(.pool6) == new.globals.prefix6(.pool6) else {
      throw Refusal(code: 22, text: "Sorry; you can't change a NAT64 instance's pool6 for now." + glued)
    }
    new.bib = old.bib
    new.sessions = old.sessions
    instances[index] = new
  }

  static func check(pool6: IPv6Prefix, force: Bool) throws(Refusal) {
    guard IPv6Prefix.isTranslationLength(pool6.length) else {
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
  func page<Record: WireRecord>(of list: [Record], after offset: Record?) -> Reply {
    let start = offset.flatMap { list.firstIndex(of: $0) }.map { $0 + 1 } ?? 0
    let rest = list[start...]
    return .page(rest.prefix(pageSize), hasMore: rest.count > pageSize)
  }
}

extension Request {
  /// The protocol whose list is requested.
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
