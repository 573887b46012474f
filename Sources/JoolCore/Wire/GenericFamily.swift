/// A generic netlink family, as the controller describes it: the numbers that it was assigned when its module was
/// loaded.
package struct GenericFamily: Hashable, Sendable {
  /// The family's name.
  package let name: String
  /// The `nlmsg_type` of the family's messages.
  package let id: UInt16
  /// The size in bytes of the family's own header after `genlmsghdr`.
  package let headerSize: UInt32
  /// The numbers of the multicast groups by name.
  package let groups: [String: UInt32]

  /// `GENL_ID_CTRL`: the number of the controller, which describes the other families.
  package static let controller: UInt16 = 16

  private enum Field: UInt16 {
    case familyID = 1
    case familyName = 2
    case headerSize = 4
    case multicastGroups = 7
  }

  private enum GroupField: UInt16 {
    case name = 1
    case id = 2
  }

  /// A request for the description of a family by its name (`CTRL_CMD_GETFAMILY`), as a whole netlink message.
  package static func request(name: String, sequence: UInt32, port: UInt32 = 0) -> [UInt8] {
    AttributeWriter.message(type: controller, sequence: sequence, port: port) {
      $0.genericHeader(command: 3, version: 1)
      $0.attribute(Field.familyName.rawValue, text: name)
    }
  }

  /// Decodes the controller's answer (`CTRL_CMD_NEWFAMILY`).
  /// - Parameter payload: The bytes after the netlink header.
  /// - Throws: `WireFormatError` if the name, the number or the header's size is missing, or an attribute cannot be
  ///   decoded.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    guard payload.byteCount >= 4 else {
      throw .truncated(field: "genlmsghdr", need: 4, have: payload.byteCount)
    }
    var name: String?
    var id: UInt16?
    var headerSize: UInt32?
    var groups: [String: UInt32] = [:]
    var reader = AttributeReader(payload.extracting(droppingFirst: 4))
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .familyID: id = try attribute.value.wholeInteger(as: UInt16.self, field: "CTRL_ATTR_FAMILY_ID")
      case .familyName: name = attribute.value.text()
      case .headerSize: headerSize = try attribute.value.wholeInteger(as: UInt32.self, field: "CTRL_ATTR_HDRSIZE")
      case .multicastGroups:
        var list = AttributeReader(attribute.value)
        while let group = try list.next() {
          let (name, id) = try Self.group(decoding: group.value)
          groups[name] = id
        }
      case nil: continue
      }
    }
    self.name = try require(name, "CTRL_ATTR_FAMILY_NAME")
    self.id = try require(id, "CTRL_ATTR_FAMILY_ID")
    self.headerSize = try require(headerSize, "CTRL_ATTR_HDRSIZE")
    self.groups = groups
  }

  private static func group(decoding payload: RawSpan) throws(WireFormatError) -> (String, UInt32) {
    var name: String?
    var id: UInt32?
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch GroupField(rawValue: attribute.type) {
      case .name: name = attribute.value.text()
      case .id: id = try attribute.value.wholeInteger(as: UInt32.self, field: "CTRL_ATTR_MCAST_GRP_ID")
      case nil: continue
      }
    }
    return (try require(name, "CTRL_ATTR_MCAST_GRP_NAME"), try require(id, "CTRL_ATTR_MCAST_GRP_ID"))
  }
}
