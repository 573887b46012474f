import JoolCore

/// A row that is written as a JSON object on one line, directly into the output's buffer.
///
/// It is for tables with millions of rows. Others are `JSONRepresentable`, which takes ten times as long.
protocol JSONLine {
  /// Appends the object, which has at most 512 bytes.
  func write(to json: inout OutputSpan<UInt8>)
}

extension BIBEntry: JSONLine {
  func write(to json: inout OutputSpan<UInt8>) {
    writeMembers(to: &json)
    json.write("}")
  }

  /// Appends the object without its closing brace, so that members can be added.
  func writeMembers(to json: inout OutputSpan<UInt8>) {
    json.write("{")
    json.member("protocol", text: proto)
    json.member("source6", source6)
    json.member("source4", source4)
    json.member("static", isStatic ? "true" : "false")
  }
}

extension SessionEntry: JSONLine {
  func write(to json: inout OutputSpan<UInt8>) {
    json.write("{")
    json.member("protocol", text: proto)
    json.member("source6", source6)
    json.member("destination6", destination6)
    json.member("source4", source4)
    json.member("destination4", destination4)
    json.member("expires_in_ms", number: expiration.rawValue)
    if proto == .tcp { json.member("state", text: state) } else { json.member("state", "null") }
    json.write("}")
  }
}

extension OutputSpan<UInt8> {
  /// Appends a member whose value is a literal.
  fileprivate mutating func member(_ name: StaticString, _ literal: StaticString) {
    self.name(name)
    write(literal)
  }

  fileprivate mutating func member(_ name: StaticString, number: some TextForm) {
    self.name(name)
    write(number)
  }

  /// Appends a member whose value is a string without characters that need an escape.
  fileprivate mutating func member(_ name: StaticString, text: some TextForm) {
    self.name(name)
    write("\"")
    write(text)
    write("\"")
  }

  fileprivate mutating func member(_ name: StaticString, _ endpoint: TransportAddress<some IPAddress & TextForm>) {
    self.name(name)
    write("{")
    member("address", text: endpoint.address)
    member("port", number: endpoint.port)
    write("}")
  }

  /// Appends the name of a member, after a comma unless it is the first one.
  private mutating func name(_ name: StaticString) {
    write(self[count - 1] == UInt8(ascii: "{") ? "\"" : ", \"")
    write(name)
    write("\": ")
  }
}
