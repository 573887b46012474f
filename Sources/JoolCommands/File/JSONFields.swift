import JoolCore

/// An object of a configuration file, each of whose keys may occur once.
///
/// Keys match whatever their case. The key `comment` may occur any number of times and means nothing.
struct JSONFields {
  let object: JSONValue
  private let members: [String: JSONMember]
  /// The canonical names of the keys, in the order of the file.
  let order: [String]

  /// - Parameters:
  ///   - kind: which object of the file it is.
  ///   - name: what messages call the object if it is none.
  ///   - known: the keys that it may have.
  ///   - suggested: those of them that advice may name, if not all.
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

  /// The member, which must be there.
  func require(_ key: String, of name: String = "<unnamed>") throws(ConfigurationError) -> JSONMember {
    guard let member = members[key] else {
      throw ConfigurationError(reason: .missing(child: key, object: name), position: object.position)
    }
    return member
  }
}

extension JSONValue {
  /// The error of a value that has another type.
  func isNot(_ expected: String, name: String) -> ConfigurationError {
    ConfigurationError(reason: .wrongType(name: name, self, expected: expected), position: position)
  }

  func elements(named name: String) throws(ConfigurationError) -> [JSONValue] {
    guard case .array(let elements) = content else { throw isNot("Array", name: name) }
    return elements
  }

  /// - Parameter type: the word of messages; those about globals write it in lower case.
  func text(named name: String, type: String = "String") throws(ConfigurationError) -> String {
    guard case .string(let text) = content else { throw isNot(type, name: name) }
    return text
  }

  /// An integer, however it is written: `1e2` is one.
  func unsigned(
    named name: String, _ range: ClosedRange<UInt32> = 0...UInt32.max
  ) throws(ConfigurationError) -> UInt32 {
    guard case .number(let number) = content, let value = UInt32(exactly: number) else {
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

  /// A value that has the same syntax as on the command line.
  func parse<Value>(
    _ text: String, _ parser: (String) throws(ArgumentError) -> Value
  ) throws(ConfigurationError) -> Value {
    do throws(ArgumentError) { return try parser(text) } catch {
      throw ConfigurationError(reason: .value(error), position: position)
    }
  }
}
