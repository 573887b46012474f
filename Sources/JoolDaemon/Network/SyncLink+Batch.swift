internal import JoolCore
internal import SystemPackage

/// Taking what has arrived, a little at a time.
extension SyncLink {
  /// Hands on at most one batch of the datagrams that wait, each cut at `SyncLinks.stride` bytes. The rest is for the next
  /// turn: meanwhile the module gets its acknowledgement, and the other links are read.
  func takeBatch(
    into buffer: inout [UInt8], _ body: (_ arrival: Arrival, _ datagram: RawSpan) -> Void
  ) throws(Errno) {
    for (index, arrival) in try receive(into: &buffer).enumerated() {
      let start = index * SyncLinks.stride
      body(arrival, buffer.span.bytes.extracting(start..<start + min(arrival.length, SyncLinks.stride)))
    }
  }
}
