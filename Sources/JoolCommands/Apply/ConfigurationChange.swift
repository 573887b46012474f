import JoolCore

/// A difference between an instance and a file, in the terms of the file.
enum ConfigurationChange: Hashable, Sendable {
  /// Only a new instance can have another framework. `before`: `nil` if there is no instance.
  case framework(before: Framework?, after: Framework)
  /// `before`: `nil` if there is no instance.
  case global(GlobalKey, before: GlobalValue?, after: GlobalValue)
  case addPool4(Pool4Entry)
  case removePool4(Pool4Entry)
  /// The iteration limit of a table of pool4. The entry is one of the table, with the new limit.
  case limitIterations(Pool4Entry, before: MaxIterations)
  case addBIB(BIBEntry)
  /// A static entry that the file does not have, or a dynamic one that contradicts the file.
  ///
  /// The module ends the sessions of the entry.
  case removeBIB(BIBEntry)
  case addEAM(EAMEntry)
  case removeEAM(EAMEntry)
  case addDenylist4(IPv4Prefix)
  case removeDenylist4(IPv4Prefix)
}
