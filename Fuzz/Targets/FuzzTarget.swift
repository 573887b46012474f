#if DEBUG  // `@testable` imports need a debug build.

  /// The decoders and parsers of input from outside.
  ///
  /// Each accepts any bytes and must not crash. The process stops if an accepted value is not the same after encoding
  /// and decoding.
  package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Command lines of `jool` and `jool_siit`, in the current and the 3.5 grammar, and completion. Line feeds separate
    /// words.
    case arguments
    case transportAddress
    case prefix
    case time
    /// JSON and configuration files.
    case json
    /// Netlink messages: requests, answers of every operation, and multicasts.
    case netlink
    /// Requests to a session table that takes the module's place.
    case moduleRequest
    /// Session records that proxies exchange.
    case syncDatagram
    /// SS2 frames, plain and sealed, that a proxy receives.
    case syncFrame
    /// Key files.
    case keyFile

    /// Runs the target on one input.
    package func run(_ bytes: [UInt8]) {
      switch self {
      case .arguments: ArgumentTarget.run(bytes)
      case .transportAddress: ValueTargets.transportAddress(bytes)
      case .prefix: ValueTargets.prefix(bytes)
      case .time: ValueTargets.time(bytes)
      case .json: JSONTarget.run(bytes)
      case .netlink: WireTargets.netlink(bytes)
      case .moduleRequest: ResponderTarget.run(bytes)
      case .syncDatagram: WireTargets.syncDatagram(bytes)
      case .syncFrame: SyncTargets.syncFrame(bytes)
      case .keyFile: SyncTargets.keyFile(bytes)
      }
    }
  }

  /// Stops the process if the condition is false, so that the fuzzer stores the input.
  func require(_ condition: Bool, _ text: @autoclosure () -> String) {
    precondition(condition, text())
  }

#endif
