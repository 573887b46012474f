/// The encoder of netlink's own answers, for programs that take the kernel's place.
package enum NetlinkReply {
  private static let cappedFlag: UInt16 = 0x100

  /// Netlink's refusal (`NLMSG_ERROR`): -errno s32, then the request, padded to 4 bytes.
  /// - `reason`: The reason, which becomes the errno.
  /// - `request`: The whole message that is refused.
  /// - `header`: The netlink header of `request`.
  package static func refusal(
    _ reason: NetlinkRefusal, of request: some Collection<UInt8>, _ header: NetlinkHeader
  ) -> [UInt8] {
    message(error: -reason.rawValue, quoting: request, flags: 0, header)
  }

  /// Netlink's acknowledgement of a request with `NLM_F_ACK`: error 0, then only the request's netlink header.
  package static func acknowledgement(of request: some Collection<UInt8>, _ header: NetlinkHeader) -> [UInt8] {
    message(error: 0, quoting: request.prefix(NetlinkHeader.size), flags: cappedFlag, header)
  }

  private static func message(
    error: Int32, quoting request: some Collection<UInt8>, flags: UInt16, _ header: NetlinkHeader
  ) -> [UInt8] {
    AttributeWriter.message(type: NetlinkHeader.error, flags: flags, sequence: header.sequence, port: header.port) {
      $0.raw.appendNative(error)
      $0.raw.append(contentsOf: request)
      $0.raw.append(contentsOf: repeatElement(0, count: -request.count & 3))
    }
  }
}

/// A reason for which netlink refuses a request before the module receives it.
///
/// The number is the errno.
package enum NetlinkRefusal: Int32, Error {
  /// ENOENT: there is no family of this name or number.
  case noSuchFamily = 2
  /// EINVAL: a header or a root attribute is malformed.
  case malformed = 22
  /// EOPNOTSUPP: the family has no such operation, or the operation does not support `NLM_F_DUMP`.
  case unsupported = 95
}

extension NetlinkHeader {
  /// Whether the message is a request.
  ///
  /// The kernel ignores all others.
  package var isRequest: Bool { flags & Self.requestFlag != 0 }

  /// Whether the sender wants an acknowledgement (`NLM_F_ACK`), which it gets besides the answer.
  package var wantsAcknowledgement: Bool { flags & 0x4 != 0 }

  /// Whether the request is for a dump (`NLM_F_DUMP`, two bits).
  ///
  /// Jool has none.
  package var isDump: Bool { flags & 0x300 == 0x300 }

  /// Whether the message is netlink's own and not for a family.
  package var isControl: Bool { type < GenericFamily.controller }

  /// Whether the message is for the generic netlink controller.
  package var isForController: Bool { type == GenericFamily.controller }
}
