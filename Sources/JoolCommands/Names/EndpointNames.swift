import JoolCore

/// Converts the remote endpoints of bindings and sessions into text: names or numbers.
final class EndpointNames {
  /// An endpoint as it is printed.
  enum Endpoint: Hashable {
    case numbers(AnyIPAddress, UInt16)
    /// The name of the host, and a name or a number for the port.
    case names(host: String, port: String)
  }

  /// The number of failed look-ups that are reported one by one.
  private static let reportLimit = 8

  private let resolver: NameResolver?
  private let error: OutputSink
  private let findService: @Sendable (UInt16) -> String?
  private var services: [UInt16: String?] = [:]
  private var failures = 0

  /// Makes a converter.
  /// - `numeric`: whether to print numbers only, without look-ups.
  init(numeric: Bool, in context: CommandContext) {
    resolver = numeric ? nil : NameResolver(lookup: context.names.host)
    findService = context.names.service
    error = context.messages.sink
  }

  /// The number of entries to collect before their names are looked up, because one page has too few addresses to use
  /// all threads.
  ///
  /// 0 if no names are looked up.
  var batchSize: Int { resolver == nil ? 0 : 512 }

  /// Looks up the names of the addresses.
  ///
  /// Blocks until the answers arrive or time out.
  func prepare(_ addresses: some Sequence<AnyIPAddress>) { resolver?.prepare(addresses) }

  /// The text of an endpoint.
  ///
  /// If the look-up of its address failed, both parts are numbers and the failure is reported.
  func endpoint(_ address: AnyIPAddress, _ port: UInt16, _ proto: L4Protocol) -> Endpoint {
    guard let resolver else { return .numbers(address, port) }
    switch resolver.result(for: address) {
    case .name(let name): return .names(host: name, port: service(port, proto) ?? String(port))
    case .none: return .names(host: address.description, port: service(port, proto) ?? String(port))
    case .failed(let reason):
      failures += 1
      if failures <= Self.reportLimit { error.print("Error: getnameinfo failed: \(reason)") }
      return .numbers(address, port)
    }
  }

  /// Prints the number of failures that were not reported one by one.
  func finish() {
    guard failures > Self.reportLimit else { return }
    error.print("(\(failures - Self.reportLimit) more look-ups failed. Use --numeric to do without names.)")
  }

  /// The name of a port, or `nil`.
  ///
  /// ICMP has identifiers instead of ports, which have no names.
  private func service(_ port: UInt16, _ proto: L4Protocol) -> String? {
    guard proto != .icmp else { return nil }
    if let known = services[port] { return known }
    let name = findService(port)
    services[port] = .some(name)
    return name
  }
}
