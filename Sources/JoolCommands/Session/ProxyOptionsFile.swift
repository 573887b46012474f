/// A proxy's options as a JSON object, whose keys are their long names:
/// `{"net.dev.in": ["eth2", "eth3"], "net.ttl": 3}`.
///
/// The options apply at the position of `--config` on the command line: later options override them, but interfaces and
/// peers add up.
enum ProxyOptionsFile {
  /// The options that may be given several times, whose values may therefore be arrays.
  static let lists: Set<String> = ["net.dev.in", "net.dev.out", "net.peer"]

  /// Reads the file at `path` and applies its options.
  ///
  /// Blocks on a pipe, unless a running proxy reads the file again.
  static func apply(_ path: String, to command: inout SessionProxyCommand) throws(ArgumentError) {
    try apply(path, SessionProxyCommand.configurable, to: &command, mayWait: !command.isReread)
    command.arguments.network.configureAddress()
  }

  /// Reads the file at `path` and applies those of the options that it has.
  /// - `mayWait`: whether reading may block, as it does with pipes.
  static func apply<Operation>(
    _ path: String, _ options: [Syntax<Operation>.Option], to operation: inout Operation, mayWait: Bool
  ) throws(ArgumentError) {
    do throws(FileFailure) {
      let root = try FileReader.json(of: path, isWhole: true, mayWait: mayWait)
      do throws(ConfigurationError) { try apply(root, options, to: &operation) } catch {
        throw .configuration(path: path, error)
      }
    } catch {
      throw .file(error)
    }
  }

  private static func apply<Operation>(
    _ root: JSONValue, _ options: [Syntax<Operation>.Option], to operation: inout Operation
  ) throws(ConfigurationError) {
    let fields = try JSONFields(root, named: "root", known: options.map(\.declaration.name))
    for key in fields.order {
      guard let option = options.first(where: { $0.declaration.name == key }), let value = fields[key]?.value else {
        continue
      }
      var values = [value]
      if lists.contains(key), case .array(let elements) = value.content { values = elements }
      for value in values {
        let text = try text(of: value, named: key)
        do throws(ArgumentError) { try option.apply(&operation, text) } catch {
          throw ConfigurationError(reason: .value(error), position: value.position)
        }
      }
    }
  }

  /// The value as the command line would write it.
  ///
  /// It may be a JSON string or a JSON number.
  private static func text(of value: JSONValue, named name: String) throws(ConfigurationError) -> String {
    if case .number = value.content { return String(try value.unsigned(named: name)) }
    return try value.text(named: name)
  }
}
