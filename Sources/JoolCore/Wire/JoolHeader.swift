/// Jool's header, between `genlmsghdr` and the attributes.
///
/// It has 28 bytes since Jool 4.1.5:
///
///     0       4         8    9       10         12                        28
///     | magic | version | xt | flags | reserved | instance name, NUL-padded |
///     "jool"   big-endian: 4.1.13.0 is 04 01 0D 00
///
/// The module copies a request's header into its answer, so an answer does not contain the module's version.
package struct JoolHeader: Hashable, Sendable {
  /// The size of the header in bytes.
  package static let size = 28
  static let magic: UInt32 = 0x6A6F_6F6C

  /// The requester's version; in multicasts the module's own.
  package var version: ModuleVersion
  /// The translator type that the request is about.
  package var translator: TranslatorType
  /// The flags of the request or answer.
  package var flags: Flags
  /// The instance that the request is about.
  package var instance: InstanceName

  /// The kernel's `joolnlhdr_flags`.
  package struct Flags: OptionSet, Hashable, Sendable {
    /// The flags' bits.
    package let rawValue: UInt8
    /// Creates flags from their bits.
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    /// In answers only: the attributes are an error code and a text.
    package static let error = Flags(rawValue: 1)
    /// Skip the module's optional checks.
    package static let force = Flags(rawValue: 2)
    /// Do not cascade a removal from pool4 to the BIB.
    package static let quick = Flags(rawValue: 4)
    /// In answers only: the list has more entries, which a request with an offset returns.
    package static let more = Flags(rawValue: 8)
  }

  /// Creates a header.
  package init(
    version: ModuleVersion, translator: TranslatorType, flags: Flags = [], instance: InstanceName = .default
  ) {
    self.version = version
    self.translator = translator
    self.flags = flags
    self.instance = instance
  }

  /// Decodes the first 28 bytes of `bytes`.
  /// - Throws: `WireFormatError.truncated` below 28 bytes; `.badValue` for a wrong magic, translator, reserved byte or
  ///   name.
  package init(decoding bytes: RawSpan) throws(WireFormatError) {
    guard bytes.byteCount >= Self.size else {
      throw .truncated(field: "joolnlhdr", need: Self.size, have: bytes.byteCount)
    }
    let magic = try bytes.bigEndianInteger(at: 0, as: UInt32.self, field: "magic")
    guard magic == Self.magic else { throw .badValue(field: "magic", value: UInt64(magic)) }
    let xt = try bytes.nativeInteger(at: 8, as: UInt8.self, field: "xt")
    guard let translator = TranslatorType(rawValue: xt) else { throw .badValue(field: "xt", value: UInt64(xt)) }
    let reserved = try bytes.bigEndianInteger(at: 10, as: UInt16.self, field: "reserved")
    guard reserved == 0 else { throw .badValue(field: "reserved", value: UInt64(reserved)) }
    let name = bytes.extracting(12..<28).text()
    guard let instance = InstanceName(name) else { throw .badText(field: "iname", name) }
    self.version = ModuleVersion(rawValue: try bytes.bigEndianInteger(at: 4, as: UInt32.self, field: "version"))
    self.translator = translator
    self.flags = Flags(rawValue: try bytes.nativeInteger(at: 9, as: UInt8.self, field: "flags"))
    self.instance = instance
  }

  func encode(into writer: inout AttributeWriter) {
    writer.raw.appendBigEndian(Self.magic)
    writer.raw.appendBigEndian(version.rawValue)
    writer.raw.appendNative(translator.rawValue)
    writer.raw.appendNative(flags.rawValue)
    writer.raw.appendNative(UInt16(0))
    let name = instance.description.utf8
    writer.raw.append(contentsOf: name)
    writer.raw.append(zeros: 16 - name.count)
  }
}
