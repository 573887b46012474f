import JoolCore
import TestSupport

/// Frames that strangers forge.
enum Forgery {
  /// Forges a datagram.
  /// - `number`: a different number for each datagram.
  /// - `victim`: the number of a node, for forgeries that name a node as their sender.
  static func datagram(
    _ kind: FloodKind, number: UInt64, of victim: UInt64, to target: UInt64, pool6: IPv6Prefix
  ) -> [UInt8] {
    let stranger: UInt64 = 0x5712_A16E_0000_0000
    switch kind {
    case .madeUpNodes: return frame(.hello, from: stranger &+ number % 100, NodeUnderTest.hello(pool6))
    case .naks: return frame(.nak, from: stranger, to: target, big(1) + big(.max << 32))
    case .pulls: return frame(.pull, from: stranger, to: target, big(number << 32) + big(256 << 32))
    case .compares:
      return frame(.compare, from: stranger, to: target, big(64 << 32) + (UInt64(0)..<64).flatMap { big($0) })
    case .madSequences: return frame(.hello, from: victim, sequence: 1 << 60, NodeUnderTest.hello(pool6))
    case .otherVersion:
      var bytes = frame(.hello, from: stranger &+ number, NodeUnderTest.hello(pool6))
      bytes[2] = NodeUnderTest.version + 1
      return bytes
    }
  }

  /// Puts a session with the first server in the place of each removal in an update or a frame of a transfer.
  static func restoringSessions(_ datagram: [UInt8], as plan: AddressPlan) -> [UInt8] {
    guard datagram.count > 32, let type = FrameType(rawValue: datagram[3]), [.update, .bulk].contains(type) else {
      return datagram
    }
    var bytes = datagram
    let size = NodeUnderTest.recordSize
    for record in stride(from: type == .bulk ? 48 : 32, to: bytes.count - size + 1, by: size)
    where bytes[record + 35] & 3 == 3 {
      bytes[record + 35] &= 0xFC
      let server = plan.entry(0, mask: 0, state: 0, timer: 0, expiration: 0, pool6: .wellKnown).destination4
      bytes.replaceSubrange(record + 20..<record + 24, with: big(UInt64(server.address.bits) << 32).prefix(4))
      bytes.replaceSubrange(record + 32..<record + 34, with: [1, 187])
    }
    return bytes
  }

  private static func frame(
    _ type: FrameType, from sender: UInt64, to target: UInt64 = 0, sequence: UInt64 = 0, _ body: [UInt8]
  ) -> [UInt8] {
    [0, 0, NodeUnderTest.version, type.rawValue] + big(sender) + [0, 0, 0, 1] + big(sequence) + big(target) + body
  }

  static func big(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) } }

  static func wide(_ value: UInt128) -> [UInt8] {
    big(UInt64(truncatingIfNeeded: value >> 64)) + big(UInt64(truncatingIfNeeded: value))
  }
}
