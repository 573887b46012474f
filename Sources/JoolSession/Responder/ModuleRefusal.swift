internal import JoolCore

/// A refusal of a request: an errno and a text.
///
/// The texts are the module's, except where a module would do what is requested, and for `malformed`, because the
/// module's texts for it name its own constants.
struct ModuleRefusal: Error {
  let code: UInt16
  let text: String

  private static let notPermitted: UInt16 = 1
  private static let noSuchProcess: UInt16 = 3
  private static let tryAgain: UInt16 = 11
  private static let invalidArgument: UInt16 = 22

  private static func invalid(_ text: String) -> Self { Self(code: invalidArgument, text: text) }

  static let notJool = invalid("Don't know what to do: The packet I just received does not follow Jool's protocol.")

  static let unknownTranslator = invalid("The instance type must be either SIIT or NAT64.")

  static let noSIIT = invalid("SIIT Jool has not been modprobed. (Try `modprobe jool_siit`)")

  static func version(client: ModuleVersion, module: ModuleVersion) -> Self {
    invalid(
      """
      Version mismatch. The userspace client's version is \(client),
      but the kernel module is \(module).
      Please update the \(client < module ? "userspace client" : "kernel module").
      """)
  }

  static let siitCommand = invalid("Command unsupported by NAT64 translators.")

  static let instanceName = invalid(
    "The instance name must be a null-terminated ascii string, 15 characters max.")

  static func noInstance(_ name: String) -> Self {
    Self(code: noSuchProcess, text: "This namespace lacks an instance named '\(name)'.")
  }

  /// The offset of an instance list is not in the list.
  ///
  /// The module sends no text.
  static let noSuchOffset = Self(code: noSuchProcess, text: "")

  static let noProtocol = invalid("The request is missing a protocol.")

  static let noTransportProtocol = invalid("The request is missing a transport protocol.")

  static func malformed(_ error: WireFormatError) -> Self { invalid("Invalid request: \(error).") }

  static let pool4Changed = Self(
    code: tryAgain,
    text: "Oops. Pool4 changed while I was iterating so I lost track of where I was. Try again.")

  static func readOnly(_ operation: JoolOperation) -> Self {
    Self(
      code: notPermitted,
      text: """
        `\(operation)` is not possible here: this is a copy of a NAT64's sessions, and not the NAT64.
        Run the command on the NAT64.
        """)
  }

  static let mayNotAdvertise = Self(
    code: notPermitted, text: "Only root and the user of the mirror may have it send its table.")

  static func notNow(_ text: String) -> Self { Self(code: tryAgain, text: text) }
}
