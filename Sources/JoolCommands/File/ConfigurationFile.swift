import JoolCore

/// The contents of a configuration file that was read without errors.
struct ConfigurationFile {
  let path: String
  var configuration: InstanceConfiguration
  /// The instance that the file configures.
  var instance: InstanceName
  private let positions: [ConfigurationPlace: TextPosition]

  /// Reads the whole file before anything is sent to the module, so that an error cannot leave a change half done.
  ///
  /// Blocks if the file is a pipe.
  init(path: String, in context: CommandContext) throws(CommandFailure) {
    do throws(FileFailure) {
      let reader = try ConfigurationReader(
        text: FileReader.bytes(of: path), path: path, translator: context.translator)
      self.path = path
      configuration = reader.configuration
      positions = reader.positions
      instance = try Self.instance(of: configuration, path: path, given: context.givenInstanceName)
    } catch {
      throw .file(error)
    }
  }

  /// The position of a part of the configuration in the file.
  func position(of place: ConfigurationPlace) -> TextPosition { positions[place] ?? TextPosition(line: 1, column: 1) }

  /// Whether the file has the key `blacklist4`, the name of `denylist4` before Jool 4.1.4.
  var usesBlacklist4: Bool { positions[.blacklist4] != nil }

  /// The instance's name, from the file or from `-i`.
  ///
  /// If both give one, they must be the same.
  private static func instance(
    of configuration: InstanceConfiguration, path: String, given: String?
  ) throws(FileFailure) -> InstanceName {
    if let name = configuration.instanceName {
      if let given, given != name.description { throw .otherInstance(given: given, inFile: name.description) }
      return name
    }
    let start = TextPosition(line: 1, column: 1)
    func failure(_ reason: ConfigurationError.Reason) -> FileFailure {
      .configuration(path: path, ConfigurationError(reason: reason, position: start))
    }
    guard let given else { throw failure(.missing(child: "instance", object: "root")) }
    guard let name = InstanceName(given) else { throw failure(.value(.instanceName)) }
    return name
  }
}

extension ConfigurationReader {
  /// Reads the configuration from a file's text.
  init(text: [UInt8], path: String, translator: TranslatorType) throws(FileFailure) {
    let root: JSONValue
    do throws(JSONSyntaxError) { root = try JSONReader.read(text, isWhole: true) } catch {
      throw .syntax(path: path, error)
    }
    do throws(ConfigurationError) {
      self = try ConfigurationReader(root, translator: translator)
    } catch {
      throw .configuration(path: path, error)
    }
  }
}
