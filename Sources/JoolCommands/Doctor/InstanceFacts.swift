import JoolCore

/// What the checks know of an instance.
struct InstanceFacts: Hashable, Sendable {
  var name: InstanceName
  var translator: TranslatorType
  var module: ModuleVersion
  /// `nil` if instances of this name have different frameworks in different network namespaces, because the module does
  /// not say which of them is this one.
  var framework: Framework?
  var globals: [GlobalSetting] = []
  /// The pool4 of all protocols.
  var pool4: [Pool4Entry] = []
  /// Whether the EAMT of a SIIT has a mapping.
  var hasMappings = false

  /// The program and the instance, as a command line begins: `jool`, or `jool -i 'NAME'`.
  var program: String { Self.program(translator, name) }

  /// The beginning of a command line for the instance.
  static func program(_ translator: TranslatorType, _ name: InstanceName) -> String {
    let program = translator == .nat64 ? "jool" : "jool_siit"
    return name == .default ? program : "\(program) -i '\(name.description.replacing("'", with: "'\\''"))'"
  }

  /// A finding about this instance.
  func finding(
    _ check: String, _ problem: String, _ consequence: String, commands: [String] = [], advice: String? = nil
  ) -> HealthFinding {
    HealthFinding(
      check: check, instance: name.description, problem: problem, consequence: consequence, commands: commands,
      advice: advice)
  }

  /// Reads the instance from the module.
  ///
  /// - Throws: the errors of `JoolClient`; `JoolError.refused` if there is no such instance in this network namespace.
  init(
    _ name: InstanceName, of all: [InstanceEntry], _ client: inout TranslatorClient
  ) throws(JoolError) {
    client.instance = name
    self.name = name
    (translator, module) = (client.translator, client.module)
    let frameworks = Set(all.filter { $0.name == name }.map(\.framework))
    framework = frameworks.count == 1 ? frameworks.first : nil
    globals = try client.globals()
    if translator == .nat64 {
      for proto in L4Protocol.allCases { pool4 += try client.pool4Entries(of: proto) }
    } else {
      hasMappings = try !client.eamEntries().isEmpty
    }
  }

  init(
    name: InstanceName = .default, translator: TranslatorType = .nat64, module: ModuleVersion = .newestKnown,
    framework: Framework? = .netfilter, globals: [GlobalSetting] = [], pool4: [Pool4Entry] = [],
    hasMappings: Bool = false
  ) {
    (self.name, self.translator, self.module, self.framework) = (name, translator, module, framework)
    (self.globals, self.pool4, self.hasMappings) = (globals, pool4, hasMappings)
  }
}

extension Pool4Entry {
  /// The options of `pool4 add` and `pool4 remove` that select the entry's table.
  var tableOptions: String { "--\(proto.description.lowercased())" + (mark == 0 ? "" : " --mark \(mark)") }
}
