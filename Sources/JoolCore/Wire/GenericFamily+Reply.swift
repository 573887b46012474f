/// The controller's answer, for programs that take the kernel's place.
extension GenericFamily {
  /// The version in the headers of the module's messages.
  static let moduleVersion: UInt8 = 2

  /// The family as Jool registers it.
  /// - Parameters:
  ///   - id: The number that is assigned to the family.
  ///   - headerSize: The size of Jool's header in bytes.
  ///   - syncGroup: The number that is assigned to the multicast group, or `nil` for a family without one.
  package init(id: UInt16, headerSize: UInt32 = UInt32(JoolHeader.size), syncGroup: UInt32? = nil) {
    name = "Jool"
    self.id = id
    self.headerSize = headerSize
    groups = syncGroup.map { [Group(name: "joold", id: $0)] } ?? []
  }

  /// Answers a request for the description of this family by its name (`CTRL_CMD_GETFAMILY`).
  /// - Parameters:
  ///   - payload: The request's bytes after the netlink header.
  ///   - header: The request's netlink header.
  /// - Returns: The whole netlink message.
  /// - Throws: `NetlinkRefusal` for another operation, another name, and a malformed request.
  package func reply(to payload: RawSpan, _ header: NetlinkHeader) throws(NetlinkRefusal) -> [UInt8] {
    let name: String?
    do throws(WireFormatError) { name = try Self.wantedName(decoding: payload) } catch { throw .malformed }
    guard let name, !header.isDump else { throw .unsupported }
    guard name == self.name else { throw .noSuchFamily }
    return description(sequence: header.sequence, port: header.port)
  }

  /// The name in a request for a family, or `nil` if the request is for another operation.
  private static func wantedName(decoding payload: RawSpan) throws(WireFormatError) -> String? {
    guard payload.byteCount >= 4 else { throw .truncated(field: "genlmsghdr", need: 4, have: payload.byteCount) }
    guard try payload.nativeInteger(at: 0, as: UInt8.self, field: "cmd") == 3 else { return nil }
    var name: String?
    var reader = AttributeReader(payload.extracting(droppingFirst: 4))
    while let attribute = try reader.next() {
      if attribute.type == 2 { name = attribute.value.text() }
    }
    return try require(name, "CTRL_ATTR_FAMILY_NAME")
  }

  /// The controller's description of the family (`CTRL_CMD_NEWFAMILY`), as a whole netlink message.
  ///
  /// The bytes are those of Linux 6.1: name, id, version, size of the header, greatest attribute, operations, groups.
  package func description(sequence: UInt32, port: UInt32 = 0) -> [UInt8] {
    AttributeWriter.message(type: Self.controller, flags: 0, sequence: sequence, port: port) { message in
      message.genericHeader(command: 1, version: 2)
      message.attribute(2, text: name)
      message.attribute(1, id)
      message.attribute(3, UInt32(Self.moduleVersion))
      message.attribute(4, headerSize)
      message.attribute(5, UInt32(RequestAttribute.Number.atomicEnd.rawValue))
      // The controller does not set the nested flag.
      message.attribute(6) { list in
        for (index, operation) in zip(UInt16(1)..., JoolOperation.allCases) {
          list.attribute(index) {
            $0.attribute(1, UInt32(operation.rawValue))
            $0.attribute(2, Self.operationFlags)
          }
        }
      }
      guard !groups.isEmpty else { return }
      message.attribute(7) { list in
        for (index, group) in zip(UInt16(1)..., groups) {
          list.attribute(index) {
            $0.attribute(2, group.id)
            $0.attribute(1, text: group.name)
          }
        }
      }
    }
  }

  /// `GENL_CMD_CAP_DO`: the operation takes requests; `GENL_CMD_CAP_HASPOL`: its attributes are checked.
  private static let operationFlags: UInt32 = 0x2 | 0x8
}
