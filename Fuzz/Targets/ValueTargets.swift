#if DEBUG

  @testable import JoolCommands
  @testable import JoolCore

  /// The targets for values as text.
  ///
  /// An accepted value must be the same after formatting and parsing.
  enum ValueTargets {
    static func transportAddress(_ bytes: [UInt8]) {
      let text = String(decoding: bytes.prefix(256), as: UTF8.self)
      check(text, TransportAddress4.init(argument:))
      check(text, TransportAddress6.init(argument:))
      if let range = try? PortRange(argument: text) {
        require((try? PortRange(argument: "\(range.first)-\(range.last)")) == range, "port range \(text)")
      }
      var pair = TransportAddressPair()
      try? pair.take(text)
    }

    static func prefix(_ bytes: [UInt8]) {
      let text = String(decoding: bytes.prefix(256), as: UTF8.self)
      check(text, IPv4Prefix.init(argument:))
      check(text, IPv6Prefix.init(argument:))
      var pair = PrefixPair()
      try? pair.take(text)
    }

    static func time(_ bytes: [UInt8]) {
      let text = String(decoding: bytes.prefix(256), as: UTF8.self)
      if let time = try? Timeouts.parse(text) {
        require((try? Timeouts.parse(Timeouts.text(milliseconds: time))) == time, "time \(text)")
      }
      for key in GlobalKey.all { _ = try? GlobalValue(argument: text, type: key.type) }
    }

    private static func check<Value: Equatable & CustomStringConvertible>(
      _ text: String, _ parse: (String) throws(ArgumentError) -> Value
    ) {
      guard let value = try? parse(text) else { return }
      require((try? parse(value.description)) == value, "\(text) became \(value)")
    }
  }

#endif
