/// The text forms of addresses: those of `inet_ntop(3)`, which costs four times as much, because it prints each number
/// with `sprintf`.
extension IPv4Address: TextForm {
  /// The size of `255.255.255.255`.
  package static var textCapacity: Int { 15 }

  /// Appends the four decimal parts.
  package func write(to text: inout OutputSpan<UInt8>) {
    text.write(decimal: bits >> 24)
    text.append(UInt8(ascii: "."))
    text.write(decimal: bits >> 16 & 0xFF)
    text.append(UInt8(ascii: "."))
    text.write(decimal: bits >> 8 & 0xFF)
    text.append(UInt8(ascii: "."))
    text.write(decimal: bits & 0xFF)
  }
}

extension IPv6Address: TextForm {
  /// The size of an address without zeros.
  package static var textCapacity: Int { 39 }

  /// Appends the groups in the form of RFC 5952.
  ///
  /// `::` replaces the longest run of zeros, or the first of several, but no single zero. An IPv4 address after 96 zeros,
  /// or after 80 zeros and `ffff`, is decimal.
  package func write(to text: inout OutputSpan<UInt8>) {
    let zeros = longestZeros
    if zeros == 0..<6 || zeros == 0..<5 && group(5) == 0xFFFF {
      text.write(zeros.count == 6 ? "::" : "::ffff:")
      IPv4Address(bits: UInt32(truncatingIfNeeded: bits)).write(to: &text)
      return
    }
    var index = 0
    while index < 8 {
      if zeros.contains(index) {
        text.write("::")
        index = zeros.upperBound
      } else {
        if index > 0, index != zeros.upperBound { text.append(UInt8(ascii: ":")) }
        text.write(hexadecimal: group(index))
        index += 1
      }
    }
  }

  /// The longest run of at least two groups that are zero, or an empty range.
  private var longestZeros: Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0..<8 {
      if group(index) != 0 {
        start = index + 1
      } else if index + 1 - start > max(longest.count, 1) {
        longest = start..<index + 1
      }
    }
    return longest
  }

  /// The 16 bits of a group, 0 to 7 from the left.
  private func group(_ index: Int) -> UInt16 {
    // Shifting 128 bits by a variable distance is slow.
    let half = UInt64(truncatingIfNeeded: index < 4 ? bits >> 64 : bits)
    return UInt16(truncatingIfNeeded: half &>> UInt64(48 - 16 * (index & 3)))
  }
}

extension AnyIPAddress: TextForm {
  /// The size of an IPv6 address without zeros.
  package static var textCapacity: Int { IPv6Address.textCapacity }

  /// Appends the address.
  package func write(to text: inout OutputSpan<UInt8>) {
    switch self {
    case .v4(let address): address.write(to: &text)
    case .v6(let address): address.write(to: &text)
    }
  }
}
