#if DEBUG

  import JoolSession

  @testable import JoolCommands
  @testable import JoolDaemon
  @testable import JoolCore

  /// The target for whole command lines, without a module.
  enum ArgumentTarget {
    static func run(_ bytes: [UInt8]) {
      var words = bytes.prefix(4096).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
        String(decoding: $0.filter { $0 != 0 }, as: UTF8.self)
      }
      let isSIIT = words.first?.isEmpty == true
      if isSIIT { words.removeFirst() }
      // `--HANG` would sleep, and device files would block.
      words.removeAll { $0.hasPrefix("--H") || $0.contains("/") && $0.contains("dev") }
      let output = OutputSink()
      let error = OutputSink()
      var context = CommandContext(
        programName: "jool", translator: isSIIT ? .siit : .nat64, output: output,
        messages: MessagePrinter(sink: error))
      context.module.transport = { () throws(JoolError) in throw .moduleNotLoaded }
      context.module.loadedVersion = { nil }
      context.names.host = { _ in .none }
      context.names.service = { _ in nil }
      context.proxy.advertise = { (_) throws(ProxyControl.Failure) in nil }
      context.hasSystemLog = { false }
      let status = JoolProgram.run(words, in: context)
      require(status == .success || !error.text.isEmpty, "a failure without a message")
    }
  }

#endif
