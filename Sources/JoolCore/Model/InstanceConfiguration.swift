/// Everything an administrator can configure of an instance, as a configuration file holds it.
public struct InstanceConfiguration: Hashable, Sendable {
  /// `nil`: the file leaves it to whoever uses it.
  public var instanceName: InstanceName?
  public var framework: Framework
  /// In the order in which the module gets them.
  public var sections: [Section]

  public init(instanceName: InstanceName? = nil, framework: Framework, sections: [Section] = []) {
    self.instanceName = instanceName
    self.framework = framework
    self.sections = sections
  }

  /// The variables, or the entries of one table. What no section mentions gets its default.
  public enum Section: Hashable, Sendable {
    case globals([GlobalSetting])
    case pool4([Pool4Entry])
    /// Static bindings. The module takes them for new instances only.
    case bib([BIBEntry])
    case eamt([EAMEntry])
    case denylist4([IPv4Prefix])
  }

  /// Adds a section; the entries of a second denylist4 (files may call one of them blacklist4) go to the first.
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

  /// The entries of pool4 of all sections.
  public var pool4: [Pool4Entry] {
    sections.flatMap { section -> [Pool4Entry] in
      if case .pool4(let entries) = section { entries } else { [] }
    }
  }

  /// The entries of denylist4 of all sections.
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
