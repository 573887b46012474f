/// A proxy's options as a JSON object, whose keys are their long names: `{"net.dev.in": ["eth2", "eth3"], "net.ttl": 3}`.
///
/// It is as if they stood where `--config` does: options after it change what it says, and devices and peers add up.
enum ProxyOptionsFile {
  /// May be given several times, and so be arrays.
  private static let lists: Set<String> = ["net.dev.in", "net.dev.out", "net.peer"]

  static func apply(_ path: String, to command: inout SessionProxyCommand) throws(ArgumentError) {
    do throws(FileFailure) {
      let root = try FileReader.json(of: path, isWhole: true, mayWait: !command.isReread)
      do throws(ConfigurationError) { try apply(root, to: &command) } catch {
        throw .configuration(path: path, error)
      }
      command.arguments.configureAddress()
    } catch {
      throw .file(error)
    }
  }

  private static func apply(
    _ root: JSONValue, to command: inout SessionProxyCommand
  ) throws(ConfigurationError) {
    let options = SessionProxyCommand.configurable
    let fields = try JSONFields(root, named: "root", known: options.map(\.declaration.name))
    for key in fields.order {
      guard let option = options.first(where: { $0.declaration.name == key }), let value = fields[key]?.value else {
        continue
      }
      var values = [value]
      if lists.contains(key), case .array(let elements) = value.content { values = elements }
      for value in values {
        let text = try text(of: value, named: key)
        do throws(ArgumentError) { try option.apply(&command, text) } catch {
          throw ConfigurationError(reason: .value(error), position: value.position)
        }
      }
    }
  }

  /// Numbers may be written as numbers.
  private static func text(of value: JSONValue, named name: String) throws(ConfigurationError) -> String {
    if case .number = value.content { return String(try value.unsigned(named: name)) }
    return try value.text(named: name)
  }
}
