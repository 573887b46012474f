import JoolCore

/// Turns the remote ends of bindings and sessions into text: by name, or by number.
final class EndpointNames {
  /// An end as printed: host and port, each by name or number.
  struct Endpoint: Hashable {
    var host: String
    var port: String
  }

  /// How many failed look-ups are reported one by one.
  private static let reportLimit = 8

  private let resolver: NameResolver?
  private let error: OutputSink
  private let findService: @Sendable (UInt16) -> String?
  private var services: [UInt16: String?] = [:]
  private var failures = 0

  /// - Parameter numeric: whether everything stays a number.
  init(numeric: Bool, in context: CommandContext) {
    resolver = numeric ? nil : NameResolver(lookup: context.names)
    findService = context.services
    error = context.error
  }

  /// How many entries are worth waiting for before names are looked up: one page has too few to keep look-ups busy.
  var batchSize: Int { resolver == nil ? 0 : 512 }

  /// Looks up the names that entries are going to need.
  func prepare(_ addresses: some Sequence<HostAddress>) { resolver?.prepare(addresses) }

  /// One end. If its look-up failed, both parts stay numbers and the failure is reported.
  func endpoint(_ address: HostAddress, _ port: UInt16, _ proto: L4Protocol) -> Endpoint {
    let numeric = Endpoint(host: address.description, port: String(port))
    guard let resolver else { return numeric }
    switch resolver.result(for: address) {
    case .name(let name): return Endpoint(host: name, port: service(port, proto) ?? numeric.port)
    case .none: return Endpoint(host: numeric.host, port: service(port, proto) ?? numeric.port)
    case .failed(let reason):
      failures += 1
      if failures <= Self.reportLimit { error.print("Error: getnameinfo failed: \(reason)") }
      return numeric
    }
  }

  /// Says how many failures were not reported.
  func finish() {
    guard failures > Self.reportLimit else { return }
    error.print("(\(failures - Self.reportLimit) more look-ups failed. Use --numeric to do without names.)")
  }

  /// ICMP has identifiers, which have no names.
  private func service(_ port: UInt16, _ proto: L4Protocol) -> String? {
    guard proto != .icmp else { return nil }
    if let known = services[port] { return known }
    let name = findService(port)
    services[port] = .some(name)
    return name
  }
}
