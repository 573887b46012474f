@testable import JoolCore

/// Address queries of the fake module.
extension FakeInstance {
  func translate(_ address: IPv4Address) throws(Refusal) -> FakeAnswer {
    if let eam = eamt.first(where: { $0.prefix4.contains(address) }) {
      let suffix = UInt128(address.bits - eam.prefix4.address.bits)
      return Self.answer(IPv6Address(bits: eam.prefix6.address.bits + suffix), eam)
    }
    if "\(address)" == "127.0.0.1" {
      throw Self.untranslatable(address, "Address is subnet-scoped or belongs to a local interface.")
    }
    guard !denylist4.contains(where: { $0.contains(address) }) else {
      throw Self.untranslatable(address, "Address lacks EAMT entry and is denylist4ed.")
    }
    guard let pool6 = globals.prefix6(.pool6), let result = pool6.embedding(address) else {
      throw Self.untranslatable(address, "Address lacks both pool6 prefix and EAM.")
    }
    return Self.answer(result, pool6)
  }

  func translate(_ address: IPv6Address) throws(Refusal) -> FakeAnswer {
    if address.bits == 1 {
      throw Self.untranslatable(address, "IPv6 source address (::1) is illegal (according to RFC 7915).")
    }
    if let eam = eamt.first(where: { $0.prefix6.contains(address) }) {
      let suffix = UInt32(truncatingIfNeeded: address.bits - eam.prefix6.address.bits)
      return Self.answer(IPv4Address(bits: eam.prefix4.address.bits + suffix), eam)
    }
    guard let pool6 = globals.prefix6(.pool6), let result = pool6.extracting(from: address) else {
      throw Self.untranslatable(address, "Address lacks both pool6 prefix and EAM.")
    }
    return Self.answer(result, pool6)
  }

  private static func untranslatable(_ address: some IPAddress, _ reason: String) -> Refusal {
    Refusal(code: 22, text: "Unable to translate \(address): \(reason)")
  }

  /// 1 ADDR6 or 2 ADDR4, and 3 PREFIX6052 or 4 EAM.
  private static func answer<Address: IPAddress>(_ address: Address, _ rule: some WireRecord) -> FakeAnswer {
    FakeAnswer { writer in
      writer.attribute(Address.bitWidth == 128 ? 1 : 2, address: address)
      writer.nest(rule is EAMEntry ? 4 : 3, rule)
    }
  }
}
