/// Everything that an administrator can configure for one instance, as a configuration file contains it.
public struct InstanceConfiguration: Hashable, Sendable {
  /// The instance's name, or `nil` if the file leaves it to the program that reads it.
  public var instanceName: InstanceName?
  /// The framework that the instance is hooked into.
  public var framework: Framework
  /// The sections in the order in which they are sent to the module.
  public var sections: [Section]

  /// Creates a configuration.
  public init(instanceName: InstanceName? = nil, framework: Framework, sections: [Section] = []) {
    self.instanceName = instanceName
    self.framework = framework
    self.sections = sections
  }

  /// The variables, or the entries of one table.
  ///
  /// Anything that no section contains gets its default.
  public enum Section: Hashable, Sendable {
    /// Global variables.
    case globals([GlobalSetting])
    /// Entries of pool4.
    case pool4([Pool4Entry])
    /// Static BIB entries. The module accepts them for new instances only.
    case bib([BIBEntry])
    /// Entries of the EAMT.
    case eamt([EAMEntry])
    /// Prefixes of denylist4.
    case denylist4([IPv4Prefix])
  }

  /// Adds a section.
  ///
  /// The entries of a second denylist4 (files may call one of them blacklist4) are appended to the first.
  public mutating func append(_ section: Section) {
    if case .denylist4(let more) = section {
      for index in sections.indices {
        guard case .denylist4(let prefixes) = sections[index] else { continue }
        sections[index] = .denylist4(prefixes + more)
        return
      }
    }
    sections.append(section)
  }

  /// The pool4 entries of all sections.
  public var pool4: [Pool4Entry] {
    sections.flatMap { section -> [Pool4Entry] in
      if case .pool4(let entries) = section { entries } else { [] }
    }
  }

  /// The static BIB entries of all sections.
  public var bib: [BIBEntry] {
    sections.flatMap { section -> [BIBEntry] in
      if case .bib(let entries) = section { entries } else { [] }
    }
  }

  /// The EAMT entries of all sections.
  public var eamt: [EAMEntry] {
    sections.flatMap { section -> [EAMEntry] in
      if case .eamt(let entries) = section { entries } else { [] }
    }
  }

  /// The denylist4 prefixes of all sections.
  public var denylist4: [IPv4Prefix] {
    sections.flatMap { section -> [IPv4Prefix] in
      if case .denylist4(let prefixes) = section { prefixes } else { [] }
    }
  }

  /// The variables of all sections.
  public var globals: [GlobalSetting] {
    sections.flatMap { section -> [GlobalSetting] in
      if case .globals(let settings) = section { settings } else { [] }
    }
  }
}
