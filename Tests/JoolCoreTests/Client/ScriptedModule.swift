import TestSupport

@testable import JoolCore

/// A kernel with a module whose answers the test defines.
enum ScriptedModule {
  /// A module that answers look-ups of the family itself, and any other request with `answer`, which receives the
  /// request and its sequence number.
  static func kernel(
    headerSize: UInt32 = 28, _ answer: @escaping (Request, UInt32) throws(JoolError) -> [[UInt8]]
  ) -> ScriptedKernel {
    ScriptedKernel { (message: [UInt8]) throws(JoolError) -> [[UInt8]] in
      let sequence = UInt32(message[8]) | UInt32(message[9]) << 8
      if message[4] == 16 { return [GenericFamily(id: 32, headerSize: headerSize).description(sequence: sequence)] }
      guard let request = try? Request(decoding: message.span.bytes.extracting(droppingFirst: 16)) else { return [] }
      return try answer(request, sequence)
    }
  }

  /// A module of this release, which checks versions like that release and otherwise answers that the instance runs.
  /// - `versions`: A closure that receives the version of each request.
  static func kernel(
    version: ModuleVersion, versions: @escaping (ModuleVersion) -> Void = { _ in }
  ) -> ScriptedKernel {
    kernel(headerSize: version < ModuleVersion(4, 1, 5) ? 24 : 28) { request, sequence in
      let client = request.header.version
      versions(client)
      let isExact = version < ModuleVersion(4, 1, 9)
      guard isExact ? client == version : client.rawValue >> 16 == version.rawValue >> 16 else {
        return [
          refusal(
            of: request, sequence, code: 22,
            """
            Version mismatch. The userspace client's version is \(client),
            but the kernel module is \(version).
            Please update the \(client < version ? "userspace client" : "kernel module").
            """)
        ]
      }
      return [answer(to: request, sequence, .status(isAlive: true))]
    }
  }

  /// The module's answer to a request.
  /// - `version`: The version in the header; `nil` for that of the request.
  static func answer(
    to request: Request, _ sequence: UInt32, _ reply: Reply = .done, version: ModuleVersion? = nil
  ) -> [UInt8] {
    var request = request
    request.header.version = version ?? request.header.version
    return reply.message(to: request, family: 32, sequence: sequence)
  }

  static func refusal(of request: Request, _ sequence: UInt32, code: UInt16, _ text: String?) -> [UInt8] {
    answer(to: request, sequence, .refusal(code: code, message: text))
  }

  static func refusalByNetlink(_ reason: NetlinkRefusal, _ sequence: UInt32) -> [UInt8] {
    NetlinkReply.refusal(reason, of: [], header(sequence))
  }

  static func acknowledgement(_ sequence: UInt32) -> [UInt8] {
    NetlinkReply.acknowledgement(of: [], header(sequence))
  }

  private static func header(_ sequence: UInt32) -> NetlinkHeader {
    NetlinkHeader(length: 16, type: 32, flags: NetlinkHeader.requestFlag, sequence: sequence, port: 0)
  }
}

/// The error that the body throws; `nil` if it returns.
func failure(_ body: () throws(JoolError) -> Void) -> JoolError? {
  do throws(JoolError) { try body() } catch { return error }
  return nil
}
