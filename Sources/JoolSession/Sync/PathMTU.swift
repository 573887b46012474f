/// The sizes of datagrams that reach the peers without fragmentation.
package struct PathMTU: Hashable, Sendable {
  static let ethernet = PathMTU(mtu: 1500)
  /// The MTUs that are used, in bytes.
  ///
  /// Every IPv6 path has at least the lower one (RFC 8200 §5). More than Ethernet's MTU is not worth it, because
  /// receivers have buffers of 2,048 bytes.
  package static let allowed = 1280...1500

  /// The size of a UDP datagram's payload in bytes: the MTU without the headers of IPv6 and UDP.
  let payload: Int

  /// Makes the sizes for a path.
  /// - Parameter mtu: the path's MTU in bytes. A value outside of `allowed` counts as the nearest one inside.
  package init(mtu: Int) { payload = min(max(mtu, Self.allowed.lowerBound), Self.allowed.upperBound) - 48 }

  /// The largest size of an SS2 frame in bytes.
  ///
  /// There is always room for a seal.
  var frame: Int { payload - FrameSeal.overhead }
  /// The number of records that fit an update.
  var records: Int { (frame - SyncFrame.headerSize) / SyncRecord.size }
  /// The number of records that fit a `bulk` frame.
  var bulkRecords: Int { (frame - SyncFrame.headerSize - SyncFrame.Bulk.fixedSize) / SyncRecord.size }
  /// The number of entries that fit a hello.
  var entries: Int { (frame - SyncFrame.headerSize - SyncFrame.Hello.fixedSize) / SyncFrame.HelloEntry.size }
}
