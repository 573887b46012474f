/// Jool's header of a request as the module handles it: the module copies all 28 bytes into its answer, valid or not,
/// and adds flags.
///
/// `JoolHeader` describes the layout.
package struct EchoedHeader: Hashable, Sendable {
  private let bytes: [UInt8]
  /// The magic number, which should be `JoolHeader.magic`.
  package let magic: UInt32
  /// The requester's version.
  package let version: ModuleVersion
  /// The translator type, or `nil` if the number is not exactly one of them.
  package let translator: TranslatorType?
  /// The instance's name, or `nil` if it is not terminated or has a character that names must not have.
  package let instance: InstanceName?

  /// The position of the attributes in a message of the Jool family.
  static let attributesOffset = NetlinkHeader.size + 4 + JoolHeader.size

  /// Decodes the first 28 bytes of `bytes`.
  ///
  /// Any content is accepted.
  /// - Throws: `WireFormatError.truncated` below 28 bytes.
  package init(decoding bytes: RawSpan) throws(WireFormatError) {
    guard bytes.byteCount >= JoolHeader.size else {
      throw .truncated(field: "joolnlhdr", need: JoolHeader.size, have: bytes.byteCount)
    }
    magic = try bytes.bigEndianInteger(at: 0, as: UInt32.self, field: "magic")
    version = ModuleVersion(rawValue: try bytes.bigEndianInteger(at: 4, as: UInt32.self, field: "version"))
    translator = TranslatorType(rawValue: try bytes.nativeInteger(at: 8, as: UInt8.self, field: "xt"))
    instance = InstanceName(bytes.extracting(12..<JoolHeader.size).text())
    self.bytes = bytes.extracting(0..<JoolHeader.size).copied()
  }

  /// The header of a request that was decoded.
  package init(_ header: JoolHeader) {
    var writer = AttributeWriter()
    header.encode(into: &writer)
    bytes = writer.bytes
    magic = JoolHeader.magic
    version = header.version
    translator = header.translator
    instance = header.instance
  }

  /// Whether the magic number is Jool's.
  package var hasMagic: Bool { magic == JoolHeader.magic }

  /// The header of the answer.
  func bytes(adding flags: JoolHeader.Flags) -> [UInt8] {
    var bytes = bytes
    bytes[9] |= flags.rawValue
    return bytes
  }
}
