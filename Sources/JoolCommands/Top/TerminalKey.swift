/// A key as a terminal sends it.
enum TerminalKey: Hashable, Sendable {
  /// A printable ASCII character.
  case character(UInt8)
  case enter, backspace, escape
  /// Control-U, which deletes a line.
  case deleteLine
  /// Control-L, which asks for a new picture.
  case redraw
}

/// Converts the bytes of a terminal into keys.
///
/// Keys without a meaning here, such as arrows, give nothing. Otherwise the letters at the end of their sequences would
/// be taken for commands.
struct TerminalKeyDecoder: Sendable {
  private enum State { case ground, escape, sequence, oneMore }

  private var state = State.ground

  /// The keys of the bytes that arrived together.
  mutating func keys(of bytes: some Sequence<UInt8>) -> [TerminalKey] {
    var keys: [TerminalKey] = []
    for byte in bytes {
      switch (state, byte) {
      case (_, 0x1B): state = .escape
      case (.escape, UInt8(ascii: "[")): state = .sequence
      case (.escape, UInt8(ascii: "O")): state = .oneMore
      case (.escape, _), (.oneMore, _): state = .ground
      case (.sequence, 0x40...0x7E): state = .ground
      case (.sequence, _): break
      case (.ground, _): if let key = Self.key(byte) { keys.append(key) }
      }
    }
    // A sequence arrives in one piece. So an escape at the end is the key.
    if state == .escape {
      state = .ground
      keys.append(.escape)
    }
    return keys
  }

  private static func key(_ byte: UInt8) -> TerminalKey? {
    switch byte {
    case 0x20...0x7E: .character(byte)
    case 0x0A, 0x0D: .enter
    case 0x08, 0x7F: .backspace
    case 0x15: .deleteLine
    case 0x0C: .redraw
    default: nil
    }
  }
}
