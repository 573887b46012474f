package import JoolCore

/// The settings that must be compatible across a group for one node to take over from another.
///
/// Nodes exchange them in `settings` frames.
package struct NodeSettings: Hashable, Sendable {
  /// Whether `ss-enabled` is set in the module.
  var isEnabled: Bool
  /// Whether the module has announced a session in the last half minute.
  var isTranslating: Bool
  var limits: SessionLimits
  /// The ranges of the module's pool4, at most `maxRanges`.
  var pool4: [MaskRange]
  /// Whether the module's pool4 has more than `maxRanges` ranges.
  var isPool4Cut: Bool

  /// The largest number of pool4 ranges that are sent and stored.
  package static let maxRanges = 1024

  init(isEnabled: Bool, isTranslating: Bool, limits: SessionLimits, pool4: [MaskRange]) {
    self.isEnabled = isEnabled
    self.isTranslating = isTranslating
    self.limits = limits
    self.pool4 = Array(pool4.prefix(Self.maxRanges))
    isPool4Cut = pool4.count > Self.maxRanges
  }
}

/// A range of pool4: the IPv4 transport addresses (masks) that represent clients.
///
/// It has all of `ports` on each of `addresses`.
package struct MaskRange: Hashable, Sendable {
  var mark: UInt32
  var proto: L4Protocol
  var addresses: ClosedRange<UInt32>
  var ports: ClosedRange<UInt16>

  /// Makes the range of a pool4 entry.
  ///
  /// The entry's first port may be above its last one.
  package init(_ entry: Pool4Entry) {
    let hostBits = UInt32.max >> entry.prefix.length
    let address = entry.prefix.address.bits
    self.init(
      mark: entry.mark, proto: entry.proto, addresses: address & ~hostBits...(address | hostBits),
      ports: min(entry.ports.first, entry.ports.last)...max(entry.ports.first, entry.ports.last))
  }

  init(mark: UInt32, proto: L4Protocol, addresses: ClosedRange<UInt32>, ports: ClosedRange<UInt16>) {
    (self.mark, self.proto, self.addresses, self.ports) = (mark, proto, addresses, ports)
  }

  /// Merges ranges with the same mark, protocol and ports whose addresses overlap or are adjacent.
  ///
  /// This makes pool4 small, because the module lists it address by address.
  /// - Returns: the merged ranges, in ascending order of mark, protocol, ports and addresses.
  package static func merging(_ ranges: [MaskRange]) -> [MaskRange] {
    var merged: [MaskRange] = []
    for range in ranges.sorted(by: { $0.order < $1.order }) {
      if let last = merged.last, last.mark == range.mark, last.proto == range.proto, last.ports == range.ports,
        last.addresses.upperBound < .max, last.addresses.upperBound + 1 >= range.addresses.lowerBound
      {
        let upper = max(last.addresses.upperBound, range.addresses.upperBound)
        merged[merged.count - 1].addresses = last.addresses.lowerBound...upper
      } else {
        merged.append(range)
      }
    }
    return merged
  }

  private var order: (UInt32, UInt8, UInt16, UInt16, UInt32, UInt32) {
    (mark, proto.rawValue, ports.lowerBound, ports.upperBound, addresses.lowerBound, addresses.upperBound)
  }

  /// The transport addresses that are in both ranges, whatever their marks; `nil` if there are none.
  func intersection(_ other: MaskRange) -> MaskRange? {
    guard proto == other.proto, addresses.overlaps(other.addresses), ports.overlaps(other.ports) else { return nil }
    var common = self
    common.addresses = addresses.clamped(to: other.addresses)
    common.ports = ports.clamped(to: other.ports)
    return common
  }

  /// The parts of this range that `other` lacks, whatever its mark.
  func subtracting(_ other: MaskRange) -> [MaskRange] {
    guard let common = intersection(other) else { return [self] }
    var rest: [MaskRange] = []
    func add(_ addresses: ClosedRange<UInt32>, _ ports: ClosedRange<UInt16>) {
      rest.append(MaskRange(mark: mark, proto: proto, addresses: addresses, ports: ports))
    }
    if addresses.lowerBound < common.addresses.lowerBound {
      add(addresses.lowerBound...common.addresses.lowerBound - 1, ports)
    }
    if common.addresses.upperBound < addresses.upperBound {
      add(common.addresses.upperBound + 1...addresses.upperBound, ports)
    }
    if ports.lowerBound < common.ports.lowerBound {
      add(common.addresses, ports.lowerBound...common.ports.lowerBound - 1)
    }
    if common.ports.upperBound < ports.upperBound {
      add(common.addresses, common.ports.upperBound + 1...ports.upperBound)
    }
    return rest
  }
}

extension MaskRange: CustomStringConvertible {
  /// The range as text, for example `TCP 192.0.2.1 61001-65535`.
  package var description: String {
    let first = IPv4Address(bits: addresses.lowerBound)
    let last = addresses.count > 1 ? "-\(IPv4Address(bits: addresses.upperBound))" : ""
    return "\(proto) \(first)\(last) \(ports.lowerBound)-\(ports.upperBound)"
  }
}

/// A peer's settings, which arrive in parts.
struct ReceivedSettings: Sendable {
  private(set) var settings: NodeSettings?
  private(set) var translatingSince: Instant?
  private var revision: UInt32?
  private var parts: [UInt16: [MaskRange]] = [:]

  /// Stores a part.
  ///
  /// A part of another revision replaces the parts of the former one.
  /// - Returns: whether the settings are complete now, and differ from the former ones.
  mutating func receive(_ part: SyncFrame.Settings, now: Instant) -> Bool {
    if part.revision != revision {
      revision = part.revision
      parts = [:]
    }
    parts[part.part] = part.settings.pool4
    guard parts.count == Int(part.parts) else { return false }
    var whole = part.settings
    let ranges = parts.sorted { $0.key < $1.key }.flatMap(\.value)
    whole.pool4 = Array(ranges.prefix(NodeSettings.maxRanges))
    if ranges.count > NodeSettings.maxRanges { whole.isPool4Cut = true }
    translatingSince = whole.isTranslating ? translatingSince ?? now : nil
    defer { settings = whole }
    return settings != whole
  }
}
