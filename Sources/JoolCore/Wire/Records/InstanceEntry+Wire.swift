/// Instance entry: 1 NS (u32), 2 XF (u8), 3 INAME (NUL-terminated text).
extension InstanceEntry: WireRecord {
  private enum Field: UInt16 {
    case namespace = 1
    case framework = 2
    case name = 3
  }

  /// Decodes an entry.
  ///
  /// All members are mandatory.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    var namespace: UInt32?
    var framework: UInt8?
    var text: String?
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .namespace: namespace = try attribute.value.wholeInteger(as: UInt32.self, field: "NS")
      case .framework: framework = try attribute.value.wholeInteger(as: UInt8.self, field: "XF")
      case .name: text = attribute.value.text()
      case nil: continue
      }
    }
    let given = try require(text, "INAME")
    guard let name = InstanceName(given) else { throw .badText(field: "INAME", given) }
    self.init(
      namespace: try require(namespace, "NS"), framework: Framework(rawValue: try require(framework, "XF")), name: name)
  }

  /// Appends the attributes to `writer`.
  package func encode(into writer: inout AttributeWriter) {
    writer.attribute(Field.namespace.rawValue, namespace)
    writer.attribute(Field.framework.rawValue, framework.rawValue)
    writer.attribute(Field.name.rawValue, text: name.description)
  }
}

/// The properties of an instance to create.
///
/// INSTANCE_ADD's operand: 1 XF (u8), 2 POOL6 (IPv6 prefix, null allowed for SIIT).
package struct NewInstance: WireRecord {
  /// The framework to hook the instance into.
  package var framework: Framework
  /// The prefix pool6.
  ///
  /// It is mandatory for NAT64: the module refuses a NAT64 without it.
  package var pool6: IPv6Prefix?

  private enum Field: UInt16 {
    case framework = 1
    case pool6 = 2
  }

  /// Creates the properties of an instance.
  package init(framework: Framework, pool6: IPv6Prefix?) {
    self.framework = framework
    self.pool6 = pool6
  }

  /// Decodes the operand.
  ///
  /// XF is mandatory; an absent POOL6 counts as null.
  package init(decoding payload: RawSpan) throws(WireFormatError) {
    var framework: UInt8?
    var pool6: PrefixChoice<IPv6Address> = .absent
    var reader = AttributeReader(payload)
    while let attribute = try reader.next() {
      switch Field(rawValue: attribute.type) {
      case .framework: framework = try attribute.value.wholeInteger(as: UInt8.self, field: "XF")
      case .pool6: pool6 = try PrefixChoice(decoding: attribute.value)
      case nil: continue
      }
    }
    self.init(framework: Framework(rawValue: try require(framework, "XF")), pool6: pool6.prefix)
  }

  /// Appends the attributes to `writer`.
  ///
  /// POOL6 is always included, as null if there is none.
  package func encode(into writer: inout AttributeWriter) {
    writer.attribute(Field.framework.rawValue, framework.rawValue)
    PrefixChoice(pool6).encode(as: Field.pool6.rawValue, into: &writer)
  }
}
