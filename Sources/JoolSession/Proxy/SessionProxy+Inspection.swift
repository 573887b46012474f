/// Access for the simulation of a group, which is a separate target.
extension SessionProxy {
  /// The table of the node.
  ///
  /// `nil` until the module was seen.
  package var table: SessionTable? { node?.table }

  /// The node's number in what it sends.
  ///
  /// 0 until the module was seen.
  package var identity: UInt64 { node?.identity.number ?? 0 }

  /// The highest version that the node has sent or received.
  ///
  /// 0 until the module was seen.
  package var latestVersion: UInt64 { node.borrowed { $0.records.clock.latest.rawValue } ?? 0 }

  /// Whether the module's table is being read, or compared with the node's.
  package var isAuditing: Bool { audits.isAuditing }
}
