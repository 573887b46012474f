internal import JoolCore

extension SessionEntry {
  var bibEntry: BIBEntry { BIBEntry(proto: proto, source6: source6, source4: source4, isStatic: false) }

  /// The session some time later; as good as over rather than over, since that is for the module to say.
  func after(_ waited: Duration) -> SessionEntry { after(Milliseconds(waited)) }

  func after(_ waited: Milliseconds) -> SessionEntry {
    var later = self
    let longest = max(expiration.rawValue, 1) - 1
    later.expiration = Milliseconds(expiration.rawValue - min(waited.rawValue, longest))
    return later
  }

  /// The session some time earlier.
  func before(_ passed: Duration) -> SessionEntry {
    var earlier = self
    let (sum, overflow) = expiration.rawValue.addingReportingOverflow(Milliseconds(passed).rawValue)
    earlier.expiration = Milliseconds(overflow ? .max : sum)
    return earlier
  }
}
