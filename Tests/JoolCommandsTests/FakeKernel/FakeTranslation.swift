@testable import JoolCore

/// The address queries of the fake module.
extension FakeInstance {
  func translate(_ address: IPv4Address) throws(Refusal) -> Reply {
    if let eam = eamt.first(where: { $0.prefix4.contains(address) }) {
      let suffix = UInt128(address.bits - eam.prefix4.address.bits)
      return .translation(
        AddressTranslation(address: .v6(IPv6Address(bits: eam.prefix6.address.bits + suffix)), rule: .eam(eam)))
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
    return .translation(AddressTranslation(address: .v6(result), rule: .pool6(pool6)))
  }

  func translate(_ address: IPv6Address) throws(Refusal) -> Reply {
    if address.bits == 1 {
      throw Self.untranslatable(address, "IPv6 source address (::1) is illegal (according to RFC 7915).")
    }
    if let eam = eamt.first(where: { $0.prefix6.contains(address) }) {
      let suffix = UInt32(truncatingIfNeeded: address.bits - eam.prefix6.address.bits)
      return .translation(
        AddressTranslation(address: .v4(IPv4Address(bits: eam.prefix4.address.bits + suffix)), rule: .eam(eam)))
    }
    guard let pool6 = globals.prefix6(.pool6), let result = pool6.extracting(from: address) else {
      throw Self.untranslatable(address, "Address lacks both pool6 prefix and EAM.")
    }
    return .translation(AddressTranslation(address: .v4(result), rule: .pool6(pool6)))
  }

  private static func untranslatable(_ address: some IPAddress, _ reason: String) -> Refusal {
    Refusal(code: 22, text: "Unable to translate \(address): \(reason)")
  }
}
