/// What the simulation of a group looks at.
extension SessionProxy {
  /// `nil` until the module was seen.
  package var table: SessionTable? { node?.table }

  /// The node's number in what it sends; 0 until the module was seen.
  package var identity: UInt64 { node?.identity.node ?? 0 }
}
