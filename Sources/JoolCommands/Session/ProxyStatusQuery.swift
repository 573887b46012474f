import JoolCore
import JoolDaemon
import JoolSession

/// `session proxy status`, `session mirror status`: prints the status of the running proxy or mirror.
///
/// Fails if there is none.
struct ProxyStatusQuery: Command {
  /// Whether a mirror is asked.
  var isForMirror = false
  /// The group of the mirror; `nil`: the instance's name.
  var group: String?
  var json = false
  /// `--ready`: whether to fail unless the node may have the addresses, for scripts and keepalived's `vrrp_script`; or
  /// unless the mirror has what its peers have.
  var mustBeReady = false
  /// `--peers`: the least number of peers that must be able to have the addresses, too.
  ///
  /// Requires `--ready`.
  var leastPeers: UInt32?

  var syntax: Syntax<Self> {
    Syntax(options: options, arguments: isForMirror ? "GROUP" : "") { (query, text) throws(ArgumentError) in
      guard query.isForMirror else { throw .tooManyArguments }
      try query.group.fill(text)
    }
  }

  private var options: [Syntax<Self>.Option] {
    let ready =
      isForMirror
      ? "Succeed only if the mirror has what its peers have" : "Succeed only if the node may have the addresses"
    return [
      .flag("ready", ready) { $0.mustBeReady = true },
      .value("peers", "INT", "With --ready: succeed only if this many peers may have the addresses, too") {
        (query, text) throws(ArgumentError) in query.leastPeers = try UInt32(argument: text)
      },
      Syntax.json(\.json),
    ]
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    if leastPeers != nil, !mustBeReady { throw .invalid(.peersWithoutReady) }
    guard let instance = InstanceName(group ?? context.instanceName) else { throw .invalid(.instanceName) }
    guard let status = try Self.status(of: instance, isMirror: isForMirror, in: context) else {
      throw isForMirror ? .noMirror(group: instance) : .noProxy(instance: context.instanceName)
    }
    context.output.write(json ? status.json.text(expanding: 2) + "\n" : status.report)
    if mustBeReady, !status.nodeStatus.isReady { throw .proxyNotReady(status.nodeStatus) }
    let readyPeers = status.peers.count(where: \.isReady)
    if let leastPeers, readyPeers < leastPeers { throw .tooFewPeers(ready: readyPeers, wanted: leastPeers) }
  }

  /// The status of the instance's proxy, or of the group's mirror.
  ///
  /// `nil` if none runs, or if it closes the connection, as it does for users other than root and its own. May wait ten
  /// seconds for a proxy that does not respond.
  static func status(
    of instance: InstanceName, isMirror: Bool = false, in context: CommandContext
  ) throws(CommandFailure) -> ProxyStatus? {
    do throws(ProxyControl.Failure) {
      return try isMirror ? context.proxy.mirrorStatus(instance) : context.proxy.status(instance)
    } catch {
      if error != .disconnected { throw .proxyFailed(error) }
      return nil
    }
  }
}

extension ProxyStatus {
  /// The status as text for people.
  fileprivate var report: String {
    var lines = [
      "State: \(nodeStatus.name)\(noPeerReason == nil ? "" : ", alone")", "Format: \(format.rawValue)",
      "Node: \(Self.name(of: node))",
      "Sessions: \(sessions) (BIB entries: \(bibEntries))", "Peers: \(peers.count), C proxies heard: \(legacyPeers)",
    ]
    if let noPeerReason { lines.insert("Alone: \(noPeerReason)", at: 1) }
    if let reason = nodeStatus.reason { lines.insert("Mending: \(reason)", at: 1) }
    for peer in peers {
      lines.append(
        "  \(peer.address) (node \(Self.name(of: peer.node))): \(peer.stateName), \(peer.sessions) sessions, "
          + "heard \(peer.silence) ms ago; updates missing: \(peer.missing), gaps: \(peer.gaps), lost: \(peer.lost)")
    }
    for finding in findings { lines.append("Warning: \(finding)") }
    lines.append("Counters:")
    for counter in counters where counter.value > 0 { lines.append("  \(counter.name): \(counter.value)") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The status as JSON.
  ///
  /// Node numbers have 64 bits and are strings, because programs only compare them. Counts are numbers.
  fileprivate var json: JSONValue {
    .object([
      ("state", .string(nodeStatus.state.rawValue)), ("ready", .boolean(nodeStatus.isReady)),
      ("mending_because", nodeStatus.reason.map { .string($0) } ?? .null),
      ("alone", .boolean(noPeerReason != nil)), ("alone_because", noPeerReason.map { .string($0) } ?? .null),
      ("format", .string(format.rawValue)),
      ("node", .string(Self.name(of: node))), ("sessions", .number(sessions)), ("bib_entries", .number(bibEntries)),
      ("c_proxies", .number(legacyPeers)),
      (
        "peers",
        .array(
          peers.map { peer in
            .object([
              ("node", .string(Self.name(of: peer.node))), ("address", .text(peer.address)),
              ("state", .string(peer.state.rawValue)), ("ready", .boolean(peer.isReady)),
              ("sessions", .number(peer.sessions)),
              ("silence_ms", .number(peer.silence)), ("missing", .number(peer.missing)), ("gaps", .number(peer.gaps)),
              ("lost", .number(peer.lost)),
            ])
          })
      ),
      ("findings", .array(findings.map { .text($0) })),
      ("counters", .object(counters.map { ($0.name, .number($0.value)) })),
    ])
  }

  private static func name(of node: UInt64) -> String {
    let digits = String(node, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
