#if DEBUG

  @testable import JoolCommands
  @testable import JoolCore

  /// The target for JSON and for configurations in JSON.
  enum JSONTarget {
    static func run(_ bytes: [UInt8]) {
      guard let value = try? JSONReader.read(bytes) else { return }
      if let item = value.item {
        let again = try? JSONReader.read(Array(item.text(expanding: 2).utf8))
        require(again?.item?.text() == item.text(), "JSON changed")
      }
      for translator in [TranslatorType.nat64, .siit] {
        do throws(FileFailure) {
          let configuration = try ConfigurationReader(text: bytes, path: "F", translator: translator).configuration
          let again = try? ConfigurationReader(
            text: Array(configuration.fileText.utf8), path: "F", translator: translator)
          require(again?.configuration == configuration, "configuration changed")
          let validator = ConfigurationValidator(translator: translator, module: .newestKnown)
          let findings = validator.findings(in: configuration)
          require(findings.allSatisfy { !$0.problem.text.isEmpty }, "a finding without a message")
        } catch {
          require(!error.text.isEmpty, "a failure without a message")
        }
      }
    }
  }

  extension JSONValue {
    /// The value for writing; `nil` if it contains a number that is not an integer.
    fileprivate var item: JSONItem? {
      switch content {
      case .null: return .null
      case .boolean(let value): return .boolean(value)
      case .number(let value): return UInt64(exactly: value).map { $0 < 1 << 53 ? .integer($0) : nil } ?? nil
      case .string(let text): return .string(text)
      case .array(let elements):
        let items = elements.compactMap(\.item)
        return items.count == elements.count ? .array(items) : nil
      case .object(let members):
        let items = members.compactMap { member in member.value.item.map { (member.key, $0) } }
        return items.count == members.count ? .object(items) : nil
      }
    }
  }

#endif
