import TestSupport

@testable import JoolCore

/// A kernel with a module of whose answers the test decides.
enum ScriptedModule {
  /// A module that answers family look-ups, and everything else as told: the request and its sequence number.
  static func kernel(
    headerSize: UInt32 = 28, _ answer: @escaping (Request, UInt32) throws(JoolError) -> [[UInt8]]
  ) -> ScriptedKernel {
    ScriptedKernel { (message: [UInt8]) throws(JoolError) -> [[UInt8]] in
      let sequence = UInt32(message[8]) | UInt32(message[9]) << 8
      if message[4] == 16 { return [family(headerSize: headerSize, sequence: sequence)] }
      guard let request = try? Request(decoding: message.span.bytes.extracting(droppingFirst: 16)) else { return [] }
      return try answer(request, sequence)
    }
  }

  /// A module of this release, which checks versions as that release does and else says that the instance runs.
  ///
  /// - Parameter versions: gets the versions that requests carry.
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
      return [answer(to: request, sequence) { $0.attribute(1, UInt8(0)) }]
    }
  }

  static func family(headerSize: UInt32, sequence: UInt32) -> [UInt8] {
    AttributeWriter.message(type: 16, flags: 0, sequence: sequence, port: 0) {
      $0.genericHeader(command: 1, version: 2)
      $0.attribute(1, UInt16(32))
      $0.attribute(2, text: "Jool")
      $0.attribute(4, headerSize)
    }
  }

  /// What the module would answer: the request's header echoed, and attributes.
  ///
  /// - Parameter version: that of the header, if it is not echoed.
  static func answer(
    to request: Request, _ sequence: UInt32, flags: JoolHeader.Flags = [], version: ModuleVersion? = nil,
    _ content: (inout AttributeWriter) -> Void = { _ in }
  ) -> [UInt8] {
    AttributeWriter.message(type: 32, flags: 0, sequence: sequence, port: 0) {
      $0.genericHeader(command: 0, version: 2)
      var header = request.header
      header.flags.formUnion(flags)
      header.version = version ?? header.version
      header.encode(into: &$0)
      content(&$0)
    }
  }

  static func refusal(of request: Request, _ sequence: UInt32, code: UInt16, _ text: String) -> [UInt8] {
    answer(to: request, sequence, flags: .error) {
      $0.attribute(1, code)
      $0.attribute(2, text: text)
    }
  }
}

/// What the body throws, if it does.
func failure(_ body: () throws(JoolError) -> Void) -> JoolError? {
  do throws(JoolError) { try body() } catch { return error }
  return nil
}
