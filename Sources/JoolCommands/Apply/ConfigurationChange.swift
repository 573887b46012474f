import JoolCore
import SystemPackage

/// A change of one part of an instance's configuration.
///
/// Each but `framework` takes one request.
enum ConfigurationChange: Hashable, Sendable {
  /// Only a new instance can have another framework. `before`: `nil` if there is no instance.
  case framework(before: Framework?, after: Framework)
  /// `before`: `nil` if there is no instance.
  case global(GlobalKey, before: GlobalValue?, after: GlobalValue)
  case addPool4(Pool4Entry)
  /// The module keeps the sessions of the masks until they expire.
  case removePool4(Pool4Entry)
  /// The iteration limit of a table of pool4. The entry is one that the table has, with the new limit.
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

extension JoolClient where Transport == AnyTransport {
  /// Makes the change in the client's instance, and returns whether it was made.
  ///
  /// It is not if the module refuses a change of the EAMT that it should accept. After some removals of prefixes that
  /// contain others, modules up to 4.1.15 refuse to remove an entry (error 3) or to add one (error 17), until the table
  /// is made anew.
  ///
  /// Blocks until the module answers.
  /// - Throws: The errors that all calls have in common.
  /// - `force`: whether to skip the module's optional checks.
  mutating func make(_ change: ConfigurationChange, force: Bool) throws(JoolError) -> Bool {
    do throws(JoolError) {
      try send(change, force: force)
      return true
    } catch .refused(let code, _) where change.isOfEAMT && (code == .noSuchProcess || code == .fileExists) {
      return false
    }
  }

  private mutating func send(_ change: ConfigurationChange, force: Bool) throws(JoolError) {
    switch change {
    case .framework: return
    case .global(let key, _, let value): try update([GlobalSetting(key: key, value: value)], force: force)
    case .addPool4(let entry), .limitIterations(let entry, _): try addPool4(entry, force: force)
    case .removePool4(let entry): try removePool4(entry, quick: true)
    case .addBIB(let entry): try addBIB(entry)
    case .removeBIB(let entry):
      try removeBIB(BIBSelector(proto: entry.proto, source6: entry.source6, source4: entry.source4))
    // The module's check depends on the order of the entries. `ConfigurationValidator` has checked that of the file.
    case .addEAM(let entry): try addEAM(entry, force: true)
    case .removeEAM(let entry):
      try removeEAM(EAMSelector(prefix6: .prefix(entry.prefix6), prefix4: .prefix(entry.prefix4)))
    case .addDenylist4(let prefix): try addDenylist4(prefix, force: force)
    case .removeDenylist4(let prefix): try removeDenylist4(prefix)
    }
  }
}

extension ConfigurationChange {
  fileprivate var isOfEAMT: Bool {
    switch self {
    case .addEAM, .removeEAM: true
    default: false
    }
  }
}
