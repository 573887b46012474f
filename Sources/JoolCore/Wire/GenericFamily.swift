/// A generic netlink family, as the controller describes it: the numbers that it was assigned when its module was
/// loaded.
package struct GenericFamily: Hashable, Sendable {
  /// The family's name.
  package let name: String
  /// The `nlmsg_type` of the family's messages.
  package let id: UInt16
  /// The size in bytes of the family's own header after `genlmsghdr`.
  package let headerSize: UInt32
  /// The multicast groups.
  package let groups: [Group]

  /// A multicast group: a name, and the number that it was assigned.
  package struct Group: Hashable, Sendable {
    /// The group's name.
    package let name: String
    /// The number by which a socket joins the group.
    package let id: UInt32
  }

  /// `GENL_ID_CTRL`: the number of the controller, which describes the other families.
  package static let controller: UInt16 = 16

  private enum Field: UInt16 {
    case familyID = 1
    case familyName = 2
    case headerSize = 4
    case multicastGroups = 7
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
    var groups: [Group] = []
    var reader = AttributeReader(payload.extracting(droppingFirst: 4))
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .familyID: id = try attribute.value.wholeInteger(as: UInt16.self, field: "CTRL_ATTR_FAMILY_ID")
      case .familyName: name = attribute.value.text()
      case .headerSize: headerSize = try attribute.value.wholeInteger(as: UInt32.self, field: "CTRL_ATTR_HDRSIZE")
      case .multicastGroups:
        var list = AttributeReader(attribute.value)
        while let group = try list.next() { groups.append(try Group(decoding: group.value)) }
      case nil: continue
      }
    }
    self.name = try require(name, "CTRL_ATTR_FAMILY_NAME")
    self.id = try require(id, "CTRL_ATTR_FAMILY_ID")
    self.headerSize = try require(headerSize, "CTRL_ATTR_HDRSIZE")
    self.groups = groups
  }

  /// The number of a multicast group, or `nil` if the family has none of this name.
  package func group(named name: String) -> UInt32? { groups.first { $0.name == name }?.id }
}

extension GenericFamily.Group {
  private enum Field: UInt16 {
    case name = 1
    case id = 2
  }

  fileprivate init(decoding payload: RawSpan) throws(WireFormatError) {
    var name: String?
    var id: UInt32?
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .name: name = attribute.value.text()
      case .id: id = try attribute.value.wholeInteger(as: UInt32.self, field: "CTRL_ATTR_MCAST_GRP_ID")
      case nil: continue
      }
    }
    self.init(name: try require(name, "CTRL_ATTR_MCAST_GRP_NAME"), id: try require(id, "CTRL_ATTR_MCAST_GRP_ID"))
  }
}
