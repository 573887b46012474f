#if DEBUG

  @testable import JoolCommands
  @testable import JoolCore

  /// The target for JSON and for configurations in JSON.
  enum JSONTarget {
    static func run(_ bytes: [UInt8]) {
      guard let value = try? JSONReader.read(bytes) else { return }
      let again = try? JSONReader.read(Array(value.text(expanding: 2).utf8))
      require(again?.text() == value.text(), "JSON changed")
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

#endif
