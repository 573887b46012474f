import JoolCore

/// The properties of an address type that the parsers of arguments need.
protocol ArgumentAddress: IPAddress {
  static var family: AddressFamily { get }
  /// The greatest length of a prefix, in bytes. Both limits are the C client's, because error messages depend on them.
  static var longestPrefix: Int { get }
  /// The greatest length of a transport address, in bytes.
  static var longestTransportAddress: Int { get }
}

extension IPv4Address: ArgumentAddress {
  static var family: AddressFamily { .ipv4 }
  static var longestPrefix: Int { 18 }
  static var longestTransportAddress: Int { 21 }
}

extension IPv6Address: ArgumentAddress {
  static var family: AddressFamily { .ipv6 }
  static var longestPrefix: Int { 49 }
  static var longestTransportAddress: Int { 51 }
}

extension ArgumentAddress {
  /// Reads an address.
  init(argument text: some StringProtocol) throws(ArgumentError) {
    guard let address = Self(String(text)) else { throw .notAddress(String(text), Self.family) }
    self = address
  }
}

extension IPPrefix where Address: ArgumentAddress {
  /// Reads `ADDRESS[/LENGTH]`; without a length the prefix holds one address.
  init(argument text: String) throws(ArgumentError) {
    guard !text.isEmpty else { throw .emptyPrefix(Address.family) }
    guard text.utf8.count <= Address.longestPrefix else { throw .tooLong(text) }
    guard let prefix = Self(text) else { throw Self.fault(of: text) }
    self = prefix
  }

  /// The reason why a text is no prefix.
  private static func fault(of text: String) -> ArgumentError {
    let halves = Halves(of: text, at: "/")
    do throws(ArgumentError) {
      _ = try Address(argument: halves.first)
      try halves.rejectLeadingSeparator(Address.family)
      if let length = halves.second { _ = try UInt8(argument: length, limit: UInt8(Address.bitWidth)) }
    } catch {
      return error
    }
    return .notAddress(text, Address.family)
  }

  /// Reads a prefix, or `null` for none.
  static func optional(argument text: String) throws(ArgumentError) -> Self? {
    text == "null" ? nil : try Self(argument: text)
  }
}

extension TransportAddress where Address: ArgumentAddress {
  /// Reads `ADDRESS#PORT`.
  ///
  /// For ICMP the port is the identifier.
  init(argument text: String) throws(ArgumentError) {
    guard text.utf8.count <= Address.longestTransportAddress else { throw .tooLong(text) }
    guard let address = Self(text) else { throw Self.fault(of: text) }
    self = address
  }

  /// The reason why a text is no transport address.
  private static func fault(of text: String) -> ArgumentError {
    let halves = Halves(of: text, at: "#")
    do throws(ArgumentError) {
      _ = try Address(argument: halves.first)
      try halves.rejectLeadingSeparator(Address.family)
      guard let port = halves.second, !port.isEmpty else { return .noPort(text, Address.family) }
      _ = try UInt16(argument: port)
    } catch {
      return error
    }
    return .notAddress(text, Address.family)
  }
}

extension PortRange {
  /// Reads `PORT` or `FIRST-LAST`.
  ///
  /// The order does not matter.
  init(argument text: String) throws(ArgumentError) {
    guard let ports = Self(text) else { throw Self.fault(of: text) }
    self = ports
  }

  /// The reason why a text is no range of ports.
  private static func fault(of text: String) -> ArgumentError {
    let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    do throws(ArgumentError) {
      for part in parts { _ = try UInt16(argument: part) }
    } catch .notUnsignedInteger(String(parts[0])) {
      // The message shows the whole text if its first part is wrong, because it may not have been meant as a range.
      return .notUnsignedInteger(text)
    } catch {
      return error
    }
    return .notUnsignedInteger(text)
  }
}

/// A text split at its first separator.
///
/// Leading separators are skipped first, as the C client's tokenizer does.
private struct Halves {
  let text: String
  let first: Substring
  let second: Substring?
  let hasLeadingSeparator: Bool

  init(of text: String, at separator: Character) {
    let trimmed = text.drop { $0 == separator }
    let parts = trimmed.split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
    self.text = text
    first = parts.first ?? ""
    second = parts.count == 2 ? parts[1] : nil
    hasLeadingSeparator = trimmed.startIndex != text.startIndex
  }

  func rejectLeadingSeparator(_ family: AddressFamily) throws(ArgumentError) {
    if hasLeadingSeparator { throw .notAddress(text, family) }
  }
}
