import JoolCore

/// A hint that shows today's equivalent of a 3.5 command line.
struct LegacyHint {
  var request: LegacyRequest
  var context: CommandContext

  /// The hint as one line, without a newline.
  var text: String {
    if let flag = request.setting?.flag, flag.key == nil {
      return "Hint: --\(flag.name) does nothing on kernels from 3.13 on: leave it out."
    }
    let instance = context.givenInstanceName.map { ["-i", $0] } ?? []
    let isCounted = request.operation == .count && [.bib, .pool4, .eamt].contains(request.mode)
    return Self.text(programName: context.programName, instance + modernWords) + (isCounted ? " | wc -l" : "")
  }

  /// The line for a command line of today.
  /// - `words`: the words of that command line, without the program's name.
  static func text(programName: String, _ words: [String]) -> String {
    "Hint: Jool 4 spells this: \(([programName] + words).map(quoted).joined(separator: " "))"
  }

  private var modernWords: [String] {
    switch (request.mode, request.operation) {
    case (.global, .update): ["global", "update"] + settingWords + flag(.force)
    case (.joold, _): ["session", "advertise"]
    case (.file, _): ["file", "handle", request.path ?? "FILE"] + flag(.force)
    case (.session, .count): ["session", "count"] + protocolWords(none: [])
    case (.pool6, .display), (.pool6, .count), (.pool6791, .display), (.pool6791, .count): ["global", "display"]
    case (.pool6, .add), (.pool6791, .add): ["global", "update", variable] + request.arguments + flag(.force)
    case (.pool6, _), (.pool6791, _): ["global", "update", variable, "null"]
    case (.denylist4, .count): ["denylist4", "display"]
    case (.instance, .add): ["instance", "add", "--netfilter"]
    case (.eamt, .count), (.bib, .count), (.pool4, .count):
      [request.mode.rawValue, "display", "--csv", "--no-headers"] + (hasProtocols ? protocolWords(none: ["--tcp"]) : [])
    case (.pool4, .add) where request.arguments.count == 1:
      ["pool4", "add"] + request.arguments + [allPorts] + protocolWords(none: []) + flag(.force) + values
    case (.pool4, .update): ["pool4", "add", "ADDRESS", "PORTS"] + protocolWords(none: []) + values
    case (let mode, let operation):
      [mode.rawValue, operation.rawValue] + request.arguments + tableWords
        + (hasProtocols ? protocolWords(none: []) : [])
        + flag(.force) + flag(.quick) + values
    }
  }

  private var variable: String { LegacyPrefixPool.key(of: request.mode).name }

  /// The range that covers all ports of each of the protocols.
  ///
  /// It may include port 0 for TCP and UDP, because the module excludes that itself.
  private var allPorts: String {
    let ranges = request.chosenProtocols.map(LegacyGrammar.allPorts)
    return "\(ranges.map(\.first).min() ?? 0)-\(ranges.map(\.last).max() ?? .max)"
  }

  private var hasProtocols: Bool {
    switch (request.mode, request.operation) {
    case (.pool4, .flush): false
    case (.session, _), (.bib, _), (.pool4, _): true
    default: false
    }
  }

  /// The options of the chosen protocols.
  ///
  /// Today's commands accept only one, so several are shown as alternatives: `(--tcp | --udp)`.
  private func protocolWords(none: [String]) -> [String] {
    guard !none.isEmpty || request.protocols.count == 1 || request.operation == .count else {
      return ["(" + request.chosenProtocols.map { "--\($0.description.lowercased())" }.joined(separator: " | ") + ")"]
    }
    let words = request.chosenProtocols.map { "--\($0.description.lowercased())" }
    return request.protocols.isEmpty ? none : words
  }

  private var settingWords: [String] {
    guard let (flag, text) = request.setting, let key = flag.key else { return [] }
    if let implied = flag.implied { return [key.name, implied ? "true" : "false"] }
    if key.type == .hairpinMode, let number = text.flatMap({ Int($0) }),
      GlobalKey.hairpinModes.indices.contains(number)
    {
      return [key.name, GlobalKey.hairpinModes[number]]
    }
    return [key.name, text ?? ""]
  }

  private var tableWords: [String] {
    (request.modifiers.contains(.numeric) ? ["--numeric"] : []) + (request.modifiers.contains(.csv) ? ["--csv"] : [])
      + (request.modifiers.contains(.noHeaders) ? ["--no-headers"] : [])
  }

  private var values: [String] {
    var words: [String] = []
    if request.modifiers.contains(.mark) { words += ["--mark", String(request.mark)] }
    if request.modifiers.contains(.maxIterations) {
      let iterations = request.iterations
      let value = iterations == .automatic ? "auto" : iterations == .infinite ? "infinity" : String(iterations.limit)
      words += ["--max-iterations", value]
    }
    return words
  }

  private func flag(_ modifier: LegacyModifier) -> [String] {
    request.modifiers.contains(modifier) ? ["--" + modifier.rawValue] : []
  }

  /// The word, quoted for a shell if necessary.
  private static func quoted(_ word: String) -> String {
    let isPlain =
      word.hasPrefix("(--")
      || (!word.isEmpty
        && word.utf8.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x30...0x39: true
          default: "-_./:#,=+@%".utf8.contains(byte)
          }
        })
    return isPlain
      ? word : "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
