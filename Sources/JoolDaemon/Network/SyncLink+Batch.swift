internal import JoolCore
internal import SystemPackage

/// Receives waiting datagrams in batches.
extension SyncLink {
  /// Passes at most one batch of the waiting datagrams to `body`, each cut at `SyncLinks.stride` bytes.
  ///
  /// The rest waits for the next turn, so that the module gets its acknowledgement and the other links are read in
  /// between.
  func takeBatch(
    into buffer: inout [UInt8], _ body: (_ arrival: ReceivedDatagram, _ datagram: RawSpan) -> Void
  ) throws(Errno) {
    for (index, arrival) in try receive(into: &buffer).enumerated() {
      let start = index * SyncLinks.stride
      body(arrival, buffer.span.bytes.extracting(start..<start + min(arrival.length, SyncLinks.stride)))
    }
  }
}
