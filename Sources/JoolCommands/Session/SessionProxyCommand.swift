import JoolCore
import JoolDaemon
import JoolSession
import Logging

/// `session proxy`: exchanges sessions between the instance and other proxies, until a signal ends it.
struct SessionProxyCommand: Command {
  var arguments = ProxyArguments()
  var isCheck = false
  /// Whether a running proxy reads its files again.
  ///
  /// It must not block on a pipe then.
  var isReread = false

  var syntax: Syntax<Self> {
    Syntax(
      options: Self.configurable + [
        .value(
          "config", "FILE",
          "Read options from a JSON object whose keys are their long names. Options that follow on the command line "
            + "override it, but interfaces and peers are added to its own", kind: .file
        ) {
          (command, text) throws(ArgumentError) in try ProxyOptionsFile.apply(text, to: &command)
        }.unabbreviated,
        .flag(
          "check",
          "Check options, files, keys, interfaces, module and instance, and start nothing. If a proxy runs, also check "
            + "whether the nodes of the group can take over from each other"
        ) { $0.isCheck = true }.unabbreviated,
      ],
      arguments: "<net.mcast.address>"
    ) { (command, text) throws(ArgumentError) in
      if ["status", "keygen"].contains(text) { throw .wordAmongArguments(text, after: "proxy") }
      try command.arguments.network.multicastAddress.fill(text)
    }
  }

  /// The options that may also stand in the file of `--config`.
  static let configurable: [Syntax<Self>.Option] = [
    .value("net.mcast.port", letter: "p", "STR", "UDP port where the sessions will be advertised") {
      $0.arguments.network.port = $1
    },
    .value(
      "net.dev.in", letter: "i", "STR", "IPv4: IP_ADD_MEMBERSHIP; IPv6: IPV6_ADD_MEMBERSHIP (see ip(7))"
    ) { $0.arguments.network.inputDevices.append($1) },
    .value(
      "net.dev.out", letter: "o", "STR", "IPv4: IP_MULTICAST_IF, IPv6: IPV6_MULTICAST_IF (see ip(7))"
    ) { $0.arguments.network.outputDevices.append($1) },
    .value("net.ttl", letter: "t", "INT", "Multicast datagram Time To Live") {
      (command, text) throws(ArgumentError) in command.arguments.network.timeToLive = try UInt8(argument: text)
    },
    .value("stats.address", "STR", "Address to bind the stats socket to") {
      $0.arguments.statistics.address = $1
    },
    .value("stats.port", "STR", "Port to bind the stats socket to") { $0.arguments.statistics.port = $1 },
    // Jool's tutorial gives the address with this option.
    .value("net.mcast.addr", "STR", "The multicast group, like the argument") {
      (command, text) throws(ArgumentError) in
      try command.arguments.network.multicastAddress.fill(text)
    }.unabbreviated,
    .choice(
      "net.format",
      "Protocol for the peers: auto (default: SS2, and the C proxies' format beside it), legacy (as a C proxy) or ss2 "
        + "(SS2 alone)", noun: "format", of: PeerProtocol.allCases, \.arguments.format
    ).unabbreviated,
    .choice(
      "log.level", "Lowest level to log: debug, info (default), notice, warning or error", noun: "log level",
      of: ProxyArguments.Log.levels, \.arguments.log.level
    ).unabbreviated,
    .choice(
      "log.target",
      "Destination of the log: stderr, syslog, or auto (default: the journal under systemd, standard error if it is a "
        + "terminal, else syslog)", noun: "log target", of: LogTarget.allCases, \.arguments.log.target
    ).unabbreviated,
    .value(
      "track-file", "FILE",
      "File for keepalived: contains 0 while the node may have the addresses, and 1 while it may not", kind: .file
    ) {
      $0.arguments.trackFile = $1
    }.unabbreviated,
    .value(
      "net.peer", "STR",
      "Peer that multicast does not reach: HOST, HOST:PORT or [IPV6-ADDRESS]:PORT. Repeat the option for each peer"
    ) {
      (command, text) throws(ArgumentError) in
      command.arguments.network.peers.append(try LinkOptions.peer(text))
    }.unabbreviated,
    .value(
      "net.mtu", "INT",
      "Largest datagram in bytes, headers included: 1280 to 1500 (default: the MTU of the paths to the group and the "
        + "peers)"
    ) { (command, text) throws(ArgumentError) in
      let number = try UInt32(argument: text)
      guard ProxyConfiguration.allowedMTU ~= Int(number) else {
        throw .outOfBounds(
          text, least: "\(ProxyConfiguration.allowedMTU.lowerBound)",
          greatest: "\(ProxyConfiguration.allowedMTU.upperBound)")
      }
      command.arguments.mtu = Int(number)
    }.unabbreviated,
    .value(
      "user", "STR",
      "User to switch to once everything is open, keeping only CAP_NET_ADMIN: USER or USER:GROUP, each a name or a "
        + "number"
    ) { $0.arguments.user = $1 }.unabbreviated,
    .value(
      "net.key-file", "FILE",
      "File with the keys that seal all datagrams. Unsealed datagrams are then neither sent nor accepted", kind: .file
    ) {
      $0.arguments.keyFile = $1
    }.unabbreviated,
  ]

  func run(in context: CommandContext) throws(CommandFailure) {
    if isCheck { return try ProxyRunner.check(arguments, in: context) }
    try ProxyRunner.run(arguments, in: context) { () throws(CommandFailure) in
      guard case .run(let command) = try SessionProxyCommand(isReread: true).parse(in: context) else {
        return arguments
      }
      return command.arguments
    }
  }
}
