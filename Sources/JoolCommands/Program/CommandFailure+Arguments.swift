import JoolCore

extension CommandFailure {
  /// The message of an argument error, to be printed after `Error: `.
  static func text(of error: ArgumentError) -> String {
    switch error {
    case .option(let error): text(of: error)
    case .file(let failure): failure.text
    case .tooManyArguments: "Too many arguments"
    case .missing(let names): "The command is missing \(sentence(names))."
    case .notUnsignedInteger(let text): "'\(text)' is not an unsigned integer. (error code 1)"
    case .integerTooLong(let text): "Parsing of '\(text)' threw error code 34."
    case .outOfBounds(let text, let least, let greatest): "'\(text)' is out of bounds (\(least)-\(greatest))."
    case .notBoolean(let text): "Cannot parse '\(text)' as a bool (true|false|1|0|yes|no|on|off)."
    case .notTimeout(let text): "'\(text)' does not seem to follow the '[HH:[MM:]]SS[.mmm]' format."
    case .emptyMilliseconds(let text): "The millisecond portion of '\(text)' must length at least 3 digits."
    case .finerThanMilliseconds(let text): "'\(text)' is finer than milliseconds."
    case .emptyPlateaus: "The plateaus string cannot be empty."
    case .tooManyPlateaus(let limit): "Too many plateaus. The current max is \(limit)."
    case .notHairpinMode(let text):
      "'\(text)' cannot be parsed as a hairpinning mode.\nAvailable options: off, simple, intrinsic"
    case .notAddress(let text, let family): "Cannot parse '\(text)' as an \(family.name) address."
    case .emptyPrefix(.ipv4): "Cannot parse '' as a <IPv4 address>[/<mask>] (eg. 192.0.2.0/24)."
    case .emptyPrefix: "Cannot parse '' as a <IPv6 address>[/<length>] (eg. 64:ff9b::/96)."
    case .noPort(let text, let family):
      "'\(text)' does not seem to contain a port (format: <\(family.name) address>#<port> (eg. \(family.example)))."
    case .tooLong(let text): "'\(text)' is too long for this poor, limited parser..."
    case .portZero(let protocolName): "\(protocolName) cannot use port 0. (Did you mean 1-65535?)"
    case .notRelease(let text): "'\(text)' is not a release between \(ModuleVersion.oldestSupported) and the last 4.1."
    case .noMulticastAddress: "The multicast address is mandatory."
    case .notChoice(let text, let noun, let choices):
      "'\(text)' is not a valid \(noun); use one of \(choices.joined(separator: ", "))."
    case .wordAmongArguments(let word, let operation):
      "'\(word)' is an operation, not an argument. Write it directly after '\(operation)': "
        + "\(operation) \(word) [OPTION...]"
    case .addressAsGroup(let text):
      "'\(text)' is an address. A mirror takes a name, by which `status` finds it: "
        + "session mirror NAME --net.mcast.addr \(text)"
    case .peersWithoutReady: "--peers needs --ready: session proxy status --ready --peers 1"
    case .sealedLegacy: "C proxies do not support sealing. Use --net.key-file with --net.format ss2 or auto."
    case .notPeer(let text): "'\(text)' is not a valid peer; write HOST, HOST:PORT or [IPV6-ADDRESS]:PORT."
    case .unequalDevices(let incoming, let outgoing):
      """
      Each --net.dev.in needs one --net.dev.out, because each pair is a link (or leave one of the two options out). \
      The interfaces are \(incoming.joined(separator: ", ")) for --net.dev.in, and \
      \(outgoing.joined(separator: ", ")) for --net.dev.out.
      """
    case .badValue(let text, let option, let remedy): "'\(text)' is not a valid value of --\(option); \(remedy)"
    case .notFindable(let text):
      """
      '\(text)' cannot be found. Write the IPv6 or IPv4 address of a client or server, with its port after a # if you \
      know it: 192.0.2.1#61001, 2001:db8::8, 64:ff9b::c633:6407, 198.51.100.7#443.
      """
    case .refusedOption(let reason): reason
    case .onlyOneProtocol: "Only one protocol is allowed per request."
    case .onlyOneFramework: "The translator can only be hooked to one framework."
    case .differentInstanceNames: "You entered two different instance names. Please delete one of them."
    case .instanceName: "The instance name must be a null-terminated ascii string, 15 characters max."
    case .manyAddresses:
      """
      Warning: You're adding lots of addresses, which might defeat the whole point of NAT64 over SIIT.
      Error: Will cancel the operation. Use --force to override this.
      """
    case .removed(let removal): removal.text
    case .illegalCombination(let reason):
      "Illegal arguments combination. See the manpage for grammar.\n(\(reason))"
    case .twoGlobals: "You can only edit one global config value at a time."
    case .missingValue(let key): "Missing value of key \(key)."
    }
  }
}

extension AddressFamily {
  fileprivate var name: String {
    switch self {
    case .ipv4: "IPv4"
    case .ipv6: "IPv6"
    case .either: "IP"
    }
  }

  /// A transport address of the family.
  fileprivate var example: String { self == .ipv4 ? "203.0.113.8#80" : "2001:db8::1#96" }
}
