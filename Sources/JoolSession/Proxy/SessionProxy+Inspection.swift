package import JoolCore

/// For the simulation of a group, which is a target of its own.
extension SessionProxy {
  /// `nil` until the module was seen.
  package var table: SessionTable? { node?.table }

  /// The node's number in what it sends; 0 until the module was seen.
  package var identity: UInt64 { node?.identity.number ?? 0 }

  /// The static BIB entries of the module.
  package mutating func useStatics(_ entries: [BIBEntry]) {
    var statics = StaticEntries()
    statics.note(entries)
    use(statics)
  }
}
