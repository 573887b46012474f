import JoolCore
import JoolSession
import Logging

/// `session proxy`: exchanges sessions between the instance and other proxies, for ever. `session proxy status` asks the
/// one that does, `session proxy keygen` makes a key for it.
struct SessionProxyCommand: Command {
  var arguments = ProxyArguments()
  var status = ProxyStatusQuery()
  var isCheck = false

  var syntax: Syntax<Self> {
    Syntax(
      options: Self.configurable + [
        .value("config", "STR", "File with options, as a JSON object", kind: .file) {
          (command, text) throws(ArgumentError) in try ProxyOptionsFile.apply(text, to: &command)
        }.hidden,
        .flag("check", "Say what is wrong with the options, and do nothing else") { $0.isCheck = true }.hidden,
        .flag("ready", "Succeed only if the proxy is ready") { $0.status.mustBeReady = true }.hidden,
        Syntax.json(\.status.json).hidden,
      ],
      arguments: "<net.mcast.address>"
    ) { (command, text) throws(ArgumentError) in
      try command.arguments.multicastAddress.fill(text)
    }
  }

  /// What a file may say, too.
  static let configurable: [Syntax<Self>.Option] = [
    .value("net.mcast.port", letter: "p", "STR", "UDP port where the sessions will be advertised") {
      $0.arguments.multicastPort = $1
    },
    .value(
      "net.dev.in", letter: "i", "STR", "IPv4: IP_ADD_MEMBERSHIP; IPv6: IPV6_ADD_MEMBERSHIP (see ip(7))"
    ) { $0.arguments.inputDevices.append($1) },
    .value(
      "net.dev.out", letter: "o", "STR", "IPv4: IP_MULTICAST_IF, IPv6: IPV6_MULTICAST_IF (see ip(7))"
    ) { $0.arguments.outputDevices.append($1) },
    .value("net.ttl", letter: "t", "INT", "Multicast datagram Time To Live") {
      (command, text) throws(ArgumentError) in command.arguments.timeToLive = try UInt8(argument: text)
    },
    .value("stats.address", "STR", "Address to bind the stats socket to") {
      $0.arguments.statisticsAddress = $1
    },
    .value("stats.port", "STR", "Port to bind the stats socket to") { $0.arguments.statisticsPort = $1 },
    // The tutorial's way to give the address.
    .value("net.mcast.addr", "STR", "Same as the argument") { (command, text) throws(ArgumentError) in
      try command.arguments.multicastAddress.fill(text)
    }.hidden,
    // The C client's help is the same without what it lacks.
    .choice("net.format", "How to speak to peers", noun: "format", of: WireFormat.allCases, \.arguments.format).hidden,
    .choice(
      "log.level", "The least that is logged", noun: "log level", of: ProxyArguments.logLevels, \.arguments.logLevel
    ).hidden,
    .choice(
      "log.target", "Where the log goes", noun: "log target", of: LogTarget.allCases, \.arguments.logTarget
    ).hidden,
    .value("track-file", "STR", "File for keepalived's track_file", kind: .file) {
      $0.arguments.trackFile = $1
    }.hidden,
    .value("net.peer", "STR", "Peer to be reached by its address: HOST, HOST:PORT or [HOST]:PORT") {
      (command, text) throws(ArgumentError) in
      command.arguments.peers.append(try ProxyArguments.peer(text))
    }.hidden,
    .value("net.mtu", "INT", "MTU of the path to the peers") { (command, text) throws(ArgumentError) in
      let number = try UInt32(argument: text)
      guard ProxyConfiguration.allowedMTU ~= Int(number) else {
        throw .outOfBounds(
          text, least: "\(ProxyConfiguration.allowedMTU.lowerBound)",
          greatest: "\(ProxyConfiguration.allowedMTU.upperBound)")
      }
      command.arguments.mtu = Int(number)
    }.hidden,
    .value("user", "STR", "User to become once everything is open") { $0.arguments.user = $1 }.hidden,
    .value("net.key-file", "STR", "File of keys that datagrams are sealed with", kind: .file) {
      $0.arguments.keyFile = $1
    }.hidden,
  ]

  func run(in context: CommandContext) throws(CommandFailure) {
    switch arguments.multicastAddress {
    case ProxyStatusQuery.word: return try status.run(in: context)
    case KeyGeneration.word: return KeyGeneration.run(in: context)
    default: break
    }
    guard !status.mustBeReady, !status.json else { throw .invalid(.statusOption) }
    if isCheck { return try ProxyRunner.check(arguments, in: context) }
    try ProxyRunner.run(arguments, in: context) { () throws(CommandFailure) in
      guard case .run(let command) = try SessionProxyCommand().parse(in: context) else { return arguments }
      return command.arguments
    }
  }
}
