import JoolCore

/// `instance add`: creates a translator instance in this network namespace.
struct InstanceAdd: Command {
  var name: String?
  var pool6: IPv6Prefix?
  var netfilter = false
  var iptables = false

  var syntax: Syntax<Self> {
    Syntax(
      options: [
        .flag("iptables", "Sit the translator on top of iptables") { $0.iptables = true },
        .flag("netfilter", "Sit the translator on top of Netfilter (default)") { $0.netfilter = true },
        .value(
          "pool6", letter: "6", "IP6PREFIX", "Prefix that will populate the IPv6 Address Pool",
          suggestions: ["64:ff9b::/96"]
        ) { (command, text) throws(ArgumentError) in command.pool6 = try IPPrefix(argument: text) },
      ],
      arguments: "STR", completion: .options(suggestions: [InstanceName.default.description])
    ) { (command, text) throws(ArgumentError) in
      try command.name.fill(InstanceArgument.checked(text))
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard !(netfilter && iptables) else { throw .invalid(.onlyOneFramework) }
    var client = try context.client(instance: InstanceArgument.name(name, in: context))
    try client.ask { (client) throws(JoolError) in
      try client.addInstance(framework: iptables ? .iptables : .netfilter, pool6: pool6)
    }
  }
}

/// Functions for an instance's name that is given as an argument, besides `-i`.
enum InstanceArgument {
  /// The text, if it is a valid name.
  ///
  /// Throws `ArgumentError.instanceName` otherwise.
  static func checked(_ text: String) throws(ArgumentError) -> String {
    guard InstanceName(text) != nil else { throw .instanceName }
    return text
  }

  /// The name that the argument or `-i` gives, or `nil`.
  ///
  /// If both give one, they must be the same.
  static func name(_ argument: String?, in context: CommandContext) throws(CommandFailure) -> String? {
    if let argument, let given = context.givenInstanceName, argument != given {
      throw .invalid(.differentInstanceNames)
    }
    return argument ?? context.givenInstanceName
  }
}
