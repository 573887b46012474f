/// The request to receive the messages of a multicast group, for transports other than netlink.
///
/// A netlink socket joins a group by a socket option (`NETLINK_ADD_MEMBERSHIP`). A Unix socket has no such option, so
/// the client sends a message to the generic netlink controller instead, and gets netlink's acknowledgement:
///
///     nlmsghdr 16: type 16, flags REQUEST | ACK | genlmsghdr 4: command 128, version 1 | 2 CTRL_ATTR_MCAST_GRP_ID u32
///
/// Linux's controller has no command above 10.
package enum MembershipRequest {
  private static let command: UInt8 = 128
  private static let groupNumber: UInt16 = 2
  private static let acknowledgeFlag: UInt16 = 4

  /// The whole netlink message.
  package static func message(group: UInt32, sequence: UInt32) -> [UInt8] {
    AttributeWriter.message(
      type: GenericFamily.controller, flags: NetlinkHeader.requestFlag | acknowledgeFlag, sequence: sequence, port: 0
    ) {
      $0.genericHeader(command: command, version: 1)
      $0.attribute(groupNumber, group)
    }
  }

  /// The group that a message for the controller names.
  /// - Parameter payload: The bytes after the netlink header.
  /// - Returns: The group's number; `nil` if the message is no such request.
  package static func group(decoding payload: RawSpan) -> UInt32? {
    guard payload.byteCount >= 4,
      (try? payload.nativeInteger(at: 0, as: UInt8.self, field: "cmd")) == command
    else { return nil }
    var group: UInt32?
    var reader = AttributeReader(payload.extracting(droppingFirst: 4))
    while let attribute = try? reader.next() {
      if attribute.type == groupNumber {
        group = try? attribute.value.wholeInteger(as: UInt32.self, field: "CTRL_ATTR_MCAST_GRP_ID")
      }
    }
    return group
  }
}

extension NetlinkHeader {
  /// The type `NLMSG_OVERRUN`: messages were lost.
  package static let overrun: UInt16 = 4
}

extension NetlinkReply {
  /// The message that tells a receiver that messages for it were lost (`NLMSG_OVERRUN`), where netlink would fail with
  /// ENOBUFS.
  package static var overrun: [UInt8] {
    AttributeWriter.message(type: NetlinkHeader.overrun, flags: 0, sequence: 0, port: 0) { _ in }
  }
}

extension SyncMulticast {
  /// Encodes a message as the module sends it to its multicast group.
  /// - Parameters:
  ///   - header: The header, with the module's own version.
  ///   - records: The session records, as `RecordLayout` encodes them.
  ///   - family: The number of the family.
  /// - Returns: The whole netlink message.
  package static func message(_ header: JoolHeader, records: [UInt8], family: UInt16) -> [UInt8] {
    AttributeWriter.message(type: family, flags: 0, sequence: 0, port: 0) {
      $0.genericHeader(command: 0, version: GenericFamily.moduleVersion)
      header.encode(into: &$0)
      RequestAttribute.sessions(encoded: records).encode(into: &$0)
    }
  }
}
