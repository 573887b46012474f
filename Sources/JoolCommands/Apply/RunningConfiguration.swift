import JoolCore

/// The configuration of an instance that runs.
struct RunningConfiguration: Hashable, Sendable {
  /// The framework, or `nil` if it cannot be determined (`instanceFrameworks`).
  var framework: Framework?
  /// All variables that the module has and this library knows.
  var globals: [GlobalSetting] = []
  var pool4: [Pool4Entry] = []
  /// The static BIB entries, and the dynamic ones that contradict a wanted entry.
  var bib: [BIBEntry] = []
  /// Whether the BIB has an entry, static or not, whose mask is not in pool4, as after `pool4 remove --quick`.
  var hasBindingOutsidePool4 = false
  var eamt: [EAMEntry] = []
  var denylist4: [IPv4Prefix] = []
}

extension RunningConfiguration {
  /// Reads the configuration of the client's instance, or returns `nil` if that does not exist.
  ///
  /// The tables are read one after the other, so the result is not a snapshot. Blocks until the module has answered for
  /// the last page.
  /// - `bindings`: the static BIB entries of the file.
  static func read(
    from client: inout TranslatorClient, contradicting bindings: [BIBEntry]
  ) throws(JoolError) -> RunningConfiguration? {
    guard try client.instanceIsRunning() else { return nil }
    let frameworks = try client.instanceFrameworks()
    var running = RunningConfiguration(
      framework: frameworks.count == 1 ? frameworks.first : nil, globals: try client.globals())
    switch client.translator {
    case .nat64:
      let wanted = BindingIndex(bindings)
      for proto in L4Protocol.allCases { running.pool4 += try client.pool4Entries(of: proto) }
      let pool4 = Pool4Index(running.pool4)
      for proto in L4Protocol.allCases {
        try client.forEachBIBEntry(of: proto) { page in
          for entry in page {
            if entry.isStatic || wanted.contradicts(entry) { running.bib.append(entry) }
            if !pool4.contains(entry.source4, proto) { running.hasBindingOutsidePool4 = true }
          }
        }
      }
    case .siit:
      running.eamt = try client.eamEntries()
      running.denylist4 = try client.denylist4Entries()
    }
    return running
  }
}

/// Static BIB entries, by each of their transport addresses.
struct BindingIndex {
  private struct Key<Address: Hashable>: Hashable {
    var proto: L4Protocol
    var address: Address
  }

  private var bySource6: [Key<TransportAddress6>: BIBEntry] = [:]
  private var bySource4: [Key<TransportAddress4>: BIBEntry] = [:]

  init(_ entries: [BIBEntry]) {
    for entry in entries {
      bySource6[Key(proto: entry.proto, address: entry.source6)] = entry
      bySource4[Key(proto: entry.proto, address: entry.source4)] = entry
    }
  }

  /// Whether the entries bind one of the binding's transport addresses to another one.
  func contradicts(_ binding: BIBEntry) -> Bool {
    let other6 = bySource6[Key(proto: binding.proto, address: binding.source6)].map { $0.source4 != binding.source4 }
    let other4 = bySource4[Key(proto: binding.proto, address: binding.source4)].map { $0.source6 != binding.source6 }
    return other6 == true || other4 == true
  }
}
