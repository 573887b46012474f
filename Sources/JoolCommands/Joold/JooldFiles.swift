import JoolCore

/// The contents of the two configuration files of `joold`.
///
/// The case of keys and unknown keys are ignored.
struct JooldFiles {
  static let defaultNetworkPath = "netsocket.json"
  static let defaultModulePath = "modsocket.json"

  private(set) var instanceName = InstanceName.default.description
  var arguments = ProxyArguments()

  /// Reads both files, the module's first.
  ///
  /// Throws `JooldFileFailure` for the first error.
  /// - `isReread`: whether a running proxy reads the files again. It must not block on a pipe then.
  init(networkPath: String, modulePath: String, isReread: Bool = false) throws(JooldFileFailure) {
    let module = try File(path: modulePath, isReread: isReread)
    if let name = try module.string("instance") {
      guard InstanceName(name.text) != nil else { throw module.failure(.badInstanceName, at: name.position) }
      instanceName = name.text
    }
    let network = try File(path: networkPath, isReread: isReread)
    guard let address = try network.string("multicast address") else {
      throw network.failure(.missing(field: "multicast address"), at: network.root.position)
    }
    arguments.network.multicastAddress = address.text
    arguments.network.port = try network.string("multicast port")?.text ?? arguments.network.port
    arguments.network.inputDevices = try network.string("in interface").map { [$0.text] } ?? []
    arguments.network.outputDevices = try network.string("out interface").map { [$0.text] } ?? []
    arguments.network.timeToLive = try network.timeToLive() ?? arguments.network.timeToLive
  }

  /// The JSON value of a file, with accessors that report errors with the file's path.
  private struct File {
    var path: String
    var root: JSONValue

    init(path: String, isReread: Bool) throws(JooldFileFailure) {
      self.path = path
      do throws(FileFailure) { root = try FileReader.json(of: path, mayWait: !isReread) } catch {
        throw JooldFileFailure(path, error)
      }
    }

    func failure(_ reason: JooldFileFailure.Reason, at position: TextPosition) -> JooldFileFailure {
      JooldFileFailure(path: path, position: position, reason: reason)
    }

    func string(_ field: String) throws(JooldFileFailure) -> (text: String, position: TextPosition)? {
      guard let value = root.member(named: field)?.value else { return nil }
      guard case .string(let text) = value.content else { throw failure(.notString(field: field), at: value.position) }
      return (text, value.position)
    }

    func timeToLive() throws(JooldFileFailure) -> UInt8? {
      guard let value = root.member(named: "ttl")?.value else { return nil }
      guard let number = value.number, let integer = Int32(exactly: number.rounded(.towardZero)) else {
        throw failure(.notInteger(field: "ttl"), at: value.position)
      }
      guard let result = UInt8(exactly: integer) else {
        throw failure(.outOfRange(field: "ttl", integer), at: value.position)
      }
      return result
    }
  }
}
