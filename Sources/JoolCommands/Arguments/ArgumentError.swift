/// An error in the arguments of an operation.
///
/// The texts are in `CommandFailure`.
enum ArgumentError: Error, Hashable, Sendable {
  case option(OptionError)
  case tooManyArguments
  /// Mandatory arguments are missing. The texts name them as the message does.
  case missing([String])

  case notUnsignedInteger(String)
  /// The integer needs more than 64 bits.
  case integerTooLong(String)
  /// The bounds are texts, because not all of them are integers.
  case outOfBounds(String, least: String, greatest: String)
  case notBoolean(String)
  case notTimeout(String)
  /// A timeout's fraction has no digits.
  case emptyMilliseconds(String)
  /// A timeout's fraction has more digits than milliseconds need.
  case finerThanMilliseconds(String)
  case emptyPlateaus
  case tooManyPlateaus(limit: Int)
  case notHairpinMode(String)

  case notAddress(String, AddressFamily)
  case emptyPrefix(AddressFamily)
  case noPort(String, AddressFamily)
  case tooLong(String)
  /// The range is port 0 alone, which no TCP or UDP packet can use.
  case portZero(protocolName: String)
  /// The text is not a release of the module that this program supports.
  case notRelease(String)

  case noMulticastAddress
  /// The text is none of the option's words.
  case notChoice(String, noun: String, choices: [String])
  /// A key file was given together with the format of C proxies, which do not support sealing.
  case sealedLegacy
  /// A word stands among the arguments of the operation that it should follow directly.
  case wordAmongArguments(String, after: String)
  /// An address was given in the place of a mirror's group.
  case addressAsGroup(String)
  /// `--peers` was given without `--ready`.
  case peersWithoutReady
  case notPeer(String)
  /// A file of options has a mistake.
  indirect case file(FileFailure)
  /// The interfaces for receiving and for sending do not form pairs.
  case unequalDevices(incoming: [String], outgoing: [String])

  /// A value of an option has another form. The remedy is a sentence without its first capital.
  case badValue(String, option: String, remedy: String)
  /// The argument of `find` is no address.
  case notFindable(String)
  /// Options contradict each other, or an option does not fit the operation. The reason names them and the remedy.
  case refusedOption(String)
  case onlyOneProtocol
  case onlyOneFramework
  case differentInstanceNames
  case instanceName
  /// The prefix holds more addresses than pool4 usually needs.
  case manyAddresses
  /// The option of an old release has no effect any more.
  case removed(LegacyRemoval)
  /// The options of an old release's command line contradict each other. The reason names them.
  case illegalCombination(reason: String)
  /// The command line of an old release changes two variables.
  case twoGlobals
  /// `global update KEY` has no value. The key is as typed.
  case missingValue(key: String)
}

/// The address family that a message names.
enum AddressFamily: Hashable, Sendable {
  case ipv4, ipv6
  /// Both families are possible.
  case either
}
