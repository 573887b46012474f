internal import JoolCore

extension SessionEntry {
  var bibEntry: BIBEntry { BIBEntry(proto: proto, source6: source6, source4: source4, isStatic: false) }

  /// The session as it is some time later.
  ///
  /// If it has time left, it keeps at least 1 ms, because only the module decides that a session has expired.
  func after(_ waited: TimeAmount) -> SessionEntry { after(Milliseconds(clamping: waited)) }

  func after(_ waited: Milliseconds) -> SessionEntry {
    var later = self
    let longest = max(expiration.rawValue, 1) - 1
    later.expiration = Milliseconds(expiration.rawValue - min(waited.rawValue, longest))
    return later
  }

  /// The session as it was some time earlier.
  func before(_ passed: TimeAmount) -> SessionEntry {
    var earlier = self
    let (sum, overflow) = expiration.rawValue.addingReportingOverflow(Milliseconds(clamping: passed).rawValue)
    earlier.expiration = Milliseconds(overflow ? .max : sum)
    return earlier
  }
}
