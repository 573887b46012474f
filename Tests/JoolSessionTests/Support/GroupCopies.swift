import JoolCore

@testable import JoolSession

extension Group {
  /// Passes time and, as the event loop does, replaces the identities of copies and handles pauses.
  /// - `step`: the time between two turns of the loop.
  mutating func run(_ duration: TimeAmount, step: TimeAmount = .milliseconds(10)) {
    let end = now + duration
    while now < end {
      now += step - .milliseconds(10)
      pass(.milliseconds(10))
      for index in proxies.indices {
        let fresh = UInt64.random(in: .min ... .max)
        _ = proxies[index].turn(now: now, sealStart: fresh)
        if proxies[index].mustStartAnew {
          proxies[index].startAnew(seed: fresh, sealStart: fresh, clock: 0, now: now)
        }
        _ = audit(index, [])
      }
    }
  }

  /// Delivers a datagram from outside the group, or a repeated one.
  @discardableResult
  mutating func inject(
    _ datagram: [UInt8], at index: Int, from address: IPv6Address = IPv6Address(bits: 0xFE80 << 112 | 666),
    waited: TimeAmount = .zero
  ) -> SessionProxy.DatagramAction {
    proxies[index].received(
      datagram: datagram.span.bytes, length: datagram.count, from: address, waited: waited, now: now)
  }

  /// Whether all tables are equal.
  var isEqual: Bool {
    proxies.allSatisfy { $0.node?.table.rootDigest == proxies[0].node?.table.rootDigest }
  }
}
