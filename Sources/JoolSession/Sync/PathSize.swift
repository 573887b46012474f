/// How much fits a datagram that needs no fragments on its way to the peers.
package struct PathSize: Hashable, Sendable {
  static let ethernet = PathSize(mtu: 1500)
  /// IPv6 promises the least (RFC 8200 §5). More than Ethernet's is not worth it: receivers have room for 2,048 bytes.
  package static let allowed = 1280...1500

  /// What a UDP datagram may hold: without the headers of IPv6 and UDP.
  let payload: Int

  /// - Parameter mtu: of the path, in bytes; taken as the nearest that is allowed.
  package init(mtu: Int) { payload = min(max(mtu, Self.allowed.lowerBound), Self.allowed.upperBound) - 48 }

  /// Of SS2; there is always room for a seal.
  var frame: Int { payload - FrameSeal.overhead }
  /// Records of an update.
  var records: Int { (frame - SyncFrame.headerSize) / SyncRecord.size }
  /// Records of a part of a table.
  var bulkRecords: Int { (frame - SyncFrame.headerSize - SyncFrame.Bulk.fixedSize) / SyncRecord.size }
  /// Entries in a hello.
  var entries: Int { (frame - SyncFrame.headerSize - SyncFrame.Hello.fixedSize) / SyncFrame.HelloEntry.size }
}
