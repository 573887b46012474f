package import JoolCore

/// The properties of a NAT64 instance besides its sessions, as a `ModuleResponder` reports them.
package struct ModuleProfile: Sendable {
  /// The version of the module whose place is taken, 4.1.9 or later.
  ///
  /// It decides the numbers of the counters, and requests must have the same major and minor version.
  package var version: ModuleVersion
  /// The instance as `instance display` lists it.
  package var instance: InstanceEntry
  /// The global variables in the order of their numbers.
  package var globals: [GlobalSetting]
  /// The entries of pool4 in the order in which they are listed.
  package var pool4: [Pool4Entry] = []
  /// The counters that are not 0, by name.
  ///
  /// The numbers of BIB entries and sessions are those of the table.
  package var counters: [String: UInt64] = [:]
  /// The reason why nothing can be listed now, as a sentence for the user; `nil` if everything can.
  package var unavailability: String?
  /// Whether the request to advertise the table can be granted.
  package var advertisement = Advertisement.none
  /// The greatest length of an answer in bytes.
  ///
  /// It must hold an entry (200 bytes); clients have room for 64 KiB.
  package var messageLimit = Reply.standardLimit

  /// Whether a table can be sent to the group.
  package enum Advertisement: Hashable, Sendable {
    /// There is no group.
    case none
    /// It can, for a client that may have it done.
    case possible
    /// It cannot at the moment. The text is the reason.
    case refused(String)
  }

  /// Makes the profile of an instance that was just created.
  package init(instance: InstanceEntry, pool6: IPv6Prefix?, version: ModuleVersion = .newestKnown) {
    self.version = version
    self.instance = instance
    globals = GlobalSetting.defaults(of: .nat64, pool6: pool6, module: version)
  }
}
