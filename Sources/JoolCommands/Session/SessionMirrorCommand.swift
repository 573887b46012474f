import JoolCore
import JoolDaemon
import JoolSession

/// `session mirror`: keeps a copy of the sessions of a group of NAT64s, without a module, until a signal ends it.
struct SessionMirrorCommand: Command {
  /// The options that a mirror shares with a proxy.
  var proxy = SessionProxyCommand()
  var mirror = MirrorArguments()
  /// The name of the group; `nil`: the instance's name.
  var group: String?

  var syntax: Syntax<Self> {
    Syntax(
      options: Self.configurable + [
        .value(
          "config", "FILE",
          "Read options from a JSON object whose keys are their long names. Options that follow on the command line "
            + "override it, but interfaces and peers are added to its own", kind: .file
        ) {
          (command, text) throws(ArgumentError) in
          try ProxyOptionsFile.apply(text, Self.configurable, to: &command, mayWait: !command.proxy.isReread)
          command.proxy.arguments.network.configureAddress()
        }.unabbreviated,
        .flag(
          "check",
          "Check options, files, keys and interfaces, and start nothing. If a mirror runs, also check what it has found"
        ) { $0.proxy.isCheck = true }.unabbreviated,
      ],
      arguments: "GROUP"
    ) { (command, text) throws(ArgumentError) in
      if ["status", "advertise"].contains(text) { throw .wordAmongArguments(text, after: "mirror") }
      if IPv6Address(text) != nil || IPv4Address(text) != nil { throw .addressAsGroup(text) }
      try command.group.fill(text)
    }
  }

  /// The options that may also stand in the file of `--config`.
  static let configurable: [Syntax<Self>.Option] =
    shared + [
      .value(
        "settings", "FILE",
        "Configuration file of the NAT64s, for pool6, timeouts and pool4 (default: those of the peers; C proxies send "
          + "none)", kind: .file
      ) { $0.mirror.settings = $1 }.unabbreviated,
      .value(
        "state", "DIRECTORY",
        "Keep snapshots of the sessions in this directory, and begin with the newest one that can be used", kind: .file
      ) { $0.mirror.state = $1 }.unabbreviated,
      .value("state-interval", "INT", "Seconds between two snapshots (default: 60)") {
        (command, text) throws(ArgumentError) in
        let seconds = try UInt32(argument: text)
        guard MirrorArguments.intervals ~= seconds else {
          throw .outOfBounds(
            text, least: "\(MirrorArguments.intervals.lowerBound)", greatest: "\(MirrorArguments.intervals.upperBound)")
        }
        command.mirror.interval = seconds
      }.unabbreviated,
      .value(
        "socket", "PATH",
        "Unix socket on which the mirror answers as a NAT64, for jool --socket and jool -i (default: "
          + "/run/jool/GROUP.sock; none: no socket)", kind: .file
      ) {
        $0.mirror.hasNoSocket = $1 == "none"
        $0.mirror.socket.path = $1 == "none" ? nil : $1
      }.unabbreviated,
      .value("socket.owner", "STR", "Owner of the socket: a name or a number (default: the user of the mirror)") {
        $0.mirror.socket.owner = $1
      }.unabbreviated,
      .value("socket.group", "STR", "Group of the socket: a name or a number (default: that of the user)") {
        $0.mirror.socket.group = $1
      }.unabbreviated,
      .value("socket.mode", "MODE", "Mode of the socket, in octal (default: 660)") {
        (command, text) throws(ArgumentError) in command.mirror.socket.mode = try MirrorArguments.mode(text)
      }.unabbreviated,
    ]

  /// The options of a proxy that a mirror has, too.
  private static let shared: [Syntax<Self>.Option] = SessionProxyCommand.configurable.compactMap { option in
    var option = option.within(\Self.proxy)
    switch option.declaration.name {
    case "track-file": return nil
    case "net.mcast.addr": option.declaration.explanation = "The multicast group"
    case "user":
      option.declaration.explanation =
        "User to switch to once everything is open, without any capability: USER or USER:GROUP, each a name or a number"
    default: break
    }
    return option
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let name = InstanceName(group ?? context.instanceName) else { throw .invalid(.instanceName) }
    if proxy.isCheck { return try MirrorRunner.check(self, name, in: context) }
    try MirrorRunner.run(self, name, in: context) { () throws(CommandFailure) in
      let again = SessionMirrorCommand(proxy: SessionProxyCommand(isReread: true))
      guard case .run(let command) = try again.parse(in: context) else { return self }
      return command
    }
  }
}
