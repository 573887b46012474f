import JoolDaemon
import JoolSession
import SystemPackage

/// Whether the proxy can use its key file.
struct KeyFileCheck: HealthCheck {
  var instance: InstanceFacts
  /// The path of the file; empty if the proxy has none.
  var path: String
  /// The user that the proxy runs as; `nil` for root.
  var user: String?
  /// The reason why the file cannot be used.
  var fault: ProxyError?

  init(_ instance: InstanceFacts, path: String, user: String? = nil, fault: ProxyError?) {
    (self.instance, self.path, self.user, self.fault) = (instance, path, user, fault)
  }

  init(_ instance: InstanceFacts, _ proxy: ProxyFacts, _ system: SystemReader) {
    let configuration = proxy.options?.configuration
    self.init(
      instance, path: configuration?.keyFile ?? "", user: configuration?.user,
      fault: configuration.flatMap { $0.keyFile == nil ? nil : system.keyFault($0) })
  }

  private var quoted: String { "'\(path.replacing("'", with: "'\\''"))'" }

  var findings: [HealthFinding] {
    guard case .keyFile(let reason)? = fault else { return [] }
    return [
      instance.finding(
        "key-file", problem(reason),
        "The proxy does not start with this file, and one that runs cannot take new keys from it.",
        commands: commands(reason), advice: advice(reason))
    ]
  }

  var gaps: [String] {
    if case .keyFile? = fault { return [] }
    return fault.map { ["The key file was not examined: \($0)"] } ?? []
  }

  /// The fault alone, where the reason's own text also has a remedy.
  private func problem(_ reason: KeyFileError) -> String {
    if case .readableByOthers = reason { return "Other users can read the key file \(quoted), so it is no secret." }
    return reason.description
  }

  private func commands(_ reason: KeyFileError) -> [String] {
    switch reason {
    case .readableByOthers: ["chmod 600 \(quoted)"]
    case .cannotRead(_, .permissionDenied): user.map { ["chown '\($0)' \(quoted)"] } ?? []
    case .cannotRead, .noFile, .badKeys: []
    }
  }

  private func advice(_ reason: KeyFileError) -> String? {
    switch reason {
    case .readableByOthers: "If others may have read it, give the group a new key: jool session proxy keygen"
    case .cannotRead(_, .permissionDenied): nil
    case .cannotRead, .noFile, .badKeys:
      "Copy the file from another node. For a group without keys, make one: "
        + "(umask 077; jool session proxy keygen >\(quoted))"
    }
  }
}
