import JoolCore

/// A configuration file that was read and found right.
struct ConfigurationFile {
  var configuration: InstanceConfiguration
  /// The instance that it is for.
  var instance: InstanceName

  /// Reads the whole file, so that nothing is half done if it has a mistake.
  ///
  /// - Parameter checksValues: also look for what the module would refuse.
  init(path: String, checksValues: Bool = false, in context: CommandContext) throws(CommandFailure) {
    do throws(FileFailure) {
      var reader = ConfigurationReader(translator: context.translator)
      reader.checksValues = checksValues
      configuration = try reader.configuration(inText: FileReader.bytes(of: path), path: path)
      instance = try Self.instance(of: configuration, path: path, given: context.givenInstanceName)
    } catch {
      throw .file(error)
    }
  }

  /// The name that the file and `-i` agree upon.
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
  /// Reads a file's text.
  func configuration(inText text: [UInt8], path: String) throws(FileFailure) -> InstanceConfiguration {
    let root: JSONValue
    do throws(JSONSyntaxError) { root = try JSONReader.read(text, isWhole: true) } catch {
      throw .syntax(path: path, error)
    }
    do throws(ConfigurationError) {
      return try configuration(of: root)
    } catch {
      throw .configuration(path: path, error)
    }
  }
}
