public import JoolCore

extension Milliseconds {
  /// Converts an amount of time: whole milliseconds, at most `UInt32.max`, and 0 if it is negative.
  public init(clamping amount: TimeAmount) { self.init(UInt32(clamping: amount.milliseconds)) }
}

extension TimeAmount {
  /// Converts a time span of the module.
  public init(_ span: Milliseconds) { self = .milliseconds(span.rawValue) }
}
