@testable import JoolCore

/// Generates random values of every model type.
///
/// The same seed yields the same values.
struct RandomModels: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The next value of SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  mutating func bool() -> Bool { next() & 1 == 0 }

  /// A random integer; the extremes are more frequent than in a uniform distribution.
  mutating func integer<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type = Value.self) -> Value {
    switch next() % 6 {
    case 0: 0
    case 1: .max
    default: Value.random(in: .min ... .max, using: &self)
    }
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(next() % UInt64(elements.count))] }

  mutating func list<Element>(upTo limit: Int, _ make: (inout Self) -> Element) -> [Element] {
    (0..<Int(next() % UInt64(limit + 1))).map { _ in make(&self) }
  }

  mutating func proto() -> L4Protocol { pick(L4Protocol.allCases) }

  mutating func address6() -> IPv6Address { IPv6Address(bits: integer()) }

  mutating func address4() -> IPv4Address { IPv4Address(bits: integer()) }

  /// A random prefix whose host bits are zero.
  mutating func prefix<Address: IPAddress>(_ type: Address.Type = Address.self) -> IPPrefix<Address> {
    let length = Int(next() % UInt64(Address.bitWidth + 1))
    let bits = Address.Bits.random(in: .min ... .max, using: &self)
    let network = length == 0 ? 0 : (bits >> (Address.bitWidth - length)) << (Address.bitWidth - length)
    return IPPrefix(address: Address(bits: network), length: length) ?? IPPrefix(host: Address(bits: network))
  }

  mutating func transportAddress6() -> TransportAddress6 { TransportAddress(address6(), integer()) }

  mutating func transportAddress4() -> TransportAddress4 { TransportAddress(address4(), integer()) }

  mutating func instanceName() -> InstanceName {
    let bytes = list(upTo: 15) { UInt8($0.next() % 95 + 32) }
    return InstanceName(String(decoding: bytes, as: UTF8.self)) ?? .default
  }

  mutating func framework() -> Framework { pick([.netfilter, .iptables]) }

  mutating func instance() -> InstanceEntry {
    InstanceEntry(namespace: integer(), framework: framework(), name: instanceName())
  }

  mutating func iterations() -> MaxIterations {
    pick([.unset, .automatic, .infinite, .fixed(UInt32.random(in: 1...(.max), using: &self))])
  }

  mutating func pool4() -> Pool4Entry {
    var entry = Pool4Entry(
      mark: integer(), proto: proto(), prefix: prefix(), ports: PortRange(integer(), integer()),
      iterations: iterations())
    // A configuration file cannot express an empty range of ports.
    if entry.ports == PortRange(0, 0) { entry.ports = .all }
    return entry
  }

  mutating func binding(isStatic: Bool? = nil) -> BIBEntry {
    BIBEntry(
      proto: proto(), source6: transportAddress6(), source4: transportAddress4(), isStatic: isStatic ?? bool())
  }

  mutating func mapping() -> EAMEntry { EAMEntry(prefix6: prefix(), prefix4: prefix()) }

  /// A session that is possible in a NAT64 with this pool6.
  mutating func session(pool6: IPv6Prefix) -> SessionEntry {
    let proto = proto()
    let node4 = address4()
    let (port6, port4): (UInt16, UInt16) = (integer(), integer())
    let destinationPort: UInt16 = proto == .icmp ? port4 : integer()
    return SessionEntry(
      proto: proto, source6: TransportAddress(IPv6Address(bits: 0x2001_0db8 << 96 | UInt128(next())), port6),
      destination6: TransportAddress(
        pool6.embedding(node4) ?? IPv6Address(bits: 0), proto == .icmp ? port6 : destinationPort),
      source4: TransportAddress(address4(), port4), destination4: TransportAddress(node4, destinationPort),
      state: proto == .tcp ? TCPState(rawValue: UInt8(next() % 7)) : .established,
      timer: proto == .tcp ? SessionTimer(rawValue: UInt8(next() % 3)) : .established,
      expiration: Milliseconds(UInt32(next() % 0x8000_0000)))
  }

  mutating func setting(of key: GlobalKey) -> GlobalSetting {
    let value: GlobalValue =
      switch key.type {
      case .boolean: .boolean(bool())
      case .unsigned8(let max): .unsigned(UInt32(integer(UInt8.self)) % (UInt32(max) + 1))
      case .unsigned32: .unsigned(integer())
      case .timeout: .timeout(Milliseconds(integer()))
      case .plateaus: .plateaus(list(upTo: 64) { $0.integer() })
      case .prefix6: .prefix6(bool() ? nil : prefix())
      case .prefix4: .prefix4(bool() ? nil : prefix())
      case .hairpinMode: .unsigned(UInt32(next() % 3))
      case .fArguments: .unsigned(UInt32(next() % 16))
      }
    return GlobalSetting(key: key, value: value)
  }

  /// Random variables of one type of translator, each at most once.
  mutating func settings(of translator: TranslatorType) -> [GlobalSetting] {
    let keys = GlobalKey.all.filter { $0.exists(in: translator) }.filter { _ in bool() }
    return keys.map { setting(of: $0) }
  }

  mutating func configuration(of translator: TranslatorType) -> InstanceConfiguration {
    let sections: [InstanceConfiguration.Section] =
      translator == .nat64
      ? [.pool4(list(upTo: 9) { $0.pool4() }), .bib(list(upTo: 9) { $0.binding(isStatic: true) })]
      : [.eamt(list(upTo: 9) { $0.mapping() }), .denylist4(list(upTo: 9) { $0.prefix() })]
    return InstanceConfiguration(
      instanceName: bool() ? nil : instanceName(), framework: framework(),
      sections: [.globals(settings(of: translator))] + sections.shuffled(using: &self))
  }
}
