import JoolCore

/// `file handle`: replaces the configuration of an instance by that of a file, at once.
struct FileHandle: Command {
  var path: String?
  var force = false

  var syntax: Syntax<Self> {
    Syntax(options: [Syntax.force(\.force)], arguments: "STR", completion: .none) {
      (command, text) throws(ArgumentError) in
      try command.path.fill(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let path else { throw .invalid(.missing(["a file name"])) }
    var client = try context.client()
    let configuration = try configuration(of: path, for: context)
    if let name = configuration.instanceName {
      if let given = context.givenInstanceName, given != name {
        throw .file(.otherInstance(given: given, inFile: name))
      }
      guard let instance = InstanceName(name) else { throw .invalid(.instanceName) }
      client.instance = instance
    } else if context.givenInstanceName == nil {
      throw .file(.configuration(path: path, Self.missingInstance))
    }
    // The module keeps a candidate for this thread, and commits it with the last request.
    for request in configuration.requests {
      try client.ask { (client) throws(JoolError) in
        _ = try client.exchange(.fileHandle, [request], flags: force && request.isSection ? .force : [])
      }
    }
  }

  private static let missingInstance = ConfigurationError(
    reason: .missing(child: "instance", object: "root"), position: TextPosition(line: 1, column: 1))

  private func configuration(
    of path: String, for context: CommandContext
  ) throws(CommandFailure) -> InstanceConfiguration {
    do throws(FileFailure) {
      let root = try FileReader.json(of: path)
      do throws(ConfigurationError) {
        return try ConfigurationReader(translator: context.translator).configuration(of: root)
      } catch {
        throw FileFailure.configuration(path: path, error)
      }
    } catch {
      throw .file(error)
    }
  }
}

extension RequestAttribute {
  /// Whether it carries entries, rather than beginning or committing.
  fileprivate var isSection: Bool {
    switch self {
    case .atomicInit, .atomicEnd: false
    default: true
    }
  }
}
