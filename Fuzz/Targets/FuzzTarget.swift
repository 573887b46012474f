#if DEBUG  // internals can be tested in debug builds only

  /// The decoders and parsers that outside input reaches. Each takes any bytes, must not crash, and stops the process if
  /// what it accepts does not survive being written and read again.
  package enum FuzzTarget: String, CaseIterable, Sendable {
    /// Command lines of `jool` and `jool_siit`, of today and of 3.5, and completion. Words end at line feeds.
    case arguments
    case transportAddress
    case prefix
    case time
    /// JSON, and configuration files.
    case json
    /// Messages of netlink: requests, answers of every operation, multicasts.
    case netlink
    /// Requests to a session table that takes the module's place.
    case moduleRequest
    /// Session records as proxies exchange them.
    case syncDatagram
    /// Frames of SS2, plain and sealed, at a proxy that listens.
    case syncFrame
    /// Files of keys.
    case keyFile

    /// Feeds it one input.
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

  /// Stops the process, so that the fuzzer keeps the input.
  func require(_ condition: Bool, _ text: @autoclosure () -> String) {
    precondition(condition, text())
  }

#endif
