import JoolCore

/// The members of an object of a configuration file, in which a key may occur only once.
///
/// The case of keys is ignored. The key `comment` may occur any number of times and is ignored.
struct JSONFields {
  let object: JSONValue
  private let members: [String: JSONMember]
  /// The canonical names of the keys, in the order of the file.
  let order: [String]

  /// Reads the members.
  ///
  /// Throws `ConfigurationError` if the value is not an object, or for an unknown or repeated key.
  /// - `kind`: the kind of object in the file.
  /// - `name`: the name of the value in the message that it is not an object.
  /// - `known`: the keys that the object may have.
  /// - `suggested`: the known keys that advice may name; all by default.
  init(
    _ value: JSONValue, of kind: ConfigurationObject = .entry, named name: String = "<unnamed>", known: [String],
    suggested: [String]? = nil
  ) throws(ConfigurationError) {
    guard let all = value.members else { throw value.isNot("Object", name: name) }
    var members: [String: JSONMember] = [:]
    var order: [String] = []
    for member in all where !member.isNamed("comment") {
      guard let key = known.first(where: member.isNamed) else {
        throw ConfigurationError(
          reason: .unknownTag(member.key, of: kind, known: suggested ?? known), position: member.keyPosition)
      }
      if let first = members.updateValue(member, forKey: key) {
        throw ConfigurationError(
          reason: .repeatedTag(key, first: first.keyPosition), position: member.keyPosition)
      }
      order.append(key)
    }
    object = value
    self.members = members
    self.order = order
  }

  subscript(key: String) -> JSONMember? { members[key] }

  /// The member with this key.
  ///
  /// Throws `ConfigurationError` if there is none.
  func require(_ key: String, of name: String = "<unnamed>") throws(ConfigurationError) -> JSONMember {
    guard let member = members[key] else {
      throw ConfigurationError(reason: .missing(child: key, object: name), position: object.position)
    }
    return member
  }
}

extension JSONValue {
  /// The error for a value that does not have the expected type.
  func isNot(_ expected: String, name: String) -> ConfigurationError {
    ConfigurationError(reason: .wrongType(name: name, self, expected: expected), position: position)
  }

  /// The elements of an array.
  ///
  /// Throws `ConfigurationError` if the value is not an array.
  func elements(named name: String) throws(ConfigurationError) -> [JSONValue] {
    guard case .array(let elements) = content else { throw isNot("Array", name: name) }
    return elements
  }

  /// The text of a string.
  ///
  /// Throws `ConfigurationError` if the value is not a string.
  /// - `type`: the type's name in the message, which is in lower case for globals.
  func text(named name: String, type: String = "String") throws(ConfigurationError) -> String {
    guard case .string(let text) = content else { throw isNot(type, name: name) }
    return text
  }

  /// An unsigned integer in any JSON notation, such as `1e2`.
  ///
  /// Throws `ConfigurationError` if the value is not an integer or not in the range.
  func unsigned(
    named name: String, _ range: ClosedRange<UInt32> = 0...UInt32.max
  ) throws(ConfigurationError) -> UInt32 {
    guard let number, let value = UInt32(exactly: number) else {
      throw isNot("unsigned integer", name: name)
    }
    guard range.contains(value) else {
      throw ConfigurationError(
        reason: .outOfRange(
          name: name, number: String(value), least: range.lowerBound, greatest: range.upperBound),
        position: position)
    }
    return value
  }

  /// Parses a text that has the same syntax as on the command line, and adds the position to an error.
  func parse<Value>(
    _ text: String, _ parser: (String) throws(ArgumentError) -> Value
  ) throws(ConfigurationError) -> Value {
    do throws(ArgumentError) { return try parser(text) } catch {
      throw ConfigurationError(reason: .value(error), position: position)
    }
  }
}
