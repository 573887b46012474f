import JoolCore

/// The parts of a line: values side by side, or columns of CSV.
extension OutputSpan<UInt8> {
  /// Appends the text form of a value.
  mutating func write(_ value: some TextForm) { value.write(to: &self) }

  /// Appends `ADDRESS#PORT`.
  mutating func write(_ endpoint: TransportAddress<some IPAddress & TextForm>) {
    write(endpoint.address)
    append(UInt8(ascii: "#"))
    write(endpoint.port)
  }

  /// Appends `HOST#PORT`.
  mutating func write(_ endpoint: EndpointNames.Endpoint) { write(endpoint, separator: UInt8(ascii: "#")) }

  /// Appends a comma and a value.
  mutating func column(_ value: some TextForm) {
    append(UInt8(ascii: ","))
    write(value)
  }

  /// Appends the address and the port of an endpoint, each after a comma.
  mutating func columns(_ endpoint: TransportAddress<some IPAddress & TextForm>) {
    column(endpoint.address)
    column(endpoint.port)
  }

  /// Appends the host and the port of an endpoint, each after a comma.
  mutating func columns(_ endpoint: EndpointNames.Endpoint) {
    append(UInt8(ascii: ","))
    write(endpoint, separator: UInt8(ascii: ","))
  }

  private mutating func write(_ endpoint: EndpointNames.Endpoint, separator: UInt8) {
    switch endpoint {
    case .numbers(let address, let port):
      write(address)
      append(separator)
      write(port)
    case .names(let host, let port):
      write(name: host)
      append(separator)
      write(name: port)
    }
  }

  private mutating func write(name: String) { for byte in name.utf8 { append(byte) } }
}

extension EndpointNames.Endpoint {
  /// The size of the names in bytes, which has no limit; 0 for numbers.
  var nameSize: Int {
    switch self {
    case .numbers: 0
    case .names(let host, let port): host.utf8.count + port.utf8.count
    }
  }
}

extension EndpointNames.Endpoint: CustomStringConvertible {
  /// `HOST#PORT`.
  var description: String { text(separator: "#") }

  /// `HOST,PORT`.
  var csv: String { text(separator: ",") }

  private func text(separator: String) -> String {
    switch self {
    case .numbers(let address, let port): "\(address)\(separator)\(port)"
    case .names(let host, let port): host + separator + port
    }
  }
}
