import JoolCore

/// The look-ups of names for addresses and ports.
struct NameLookups {
  /// Looks up the name of an address.
  ///
  /// May block for seconds.
  var host: @Sendable (AnyIPAddress) -> HostLookup = HostLookup.system
  /// Looks up the name of a port.
  var service: @Sendable (UInt16) -> String? = ServiceNames.name(of:)
}
