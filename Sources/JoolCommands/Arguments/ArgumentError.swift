/// What is wrong with the arguments of an operation. The texts are in `CommandFailure`.
enum ArgumentError: Error, Hashable, Sendable {
  case option(OptionError)
  case tooManyArguments
  /// Mandatory arguments that were not given, as the message names them.
  case missing([String])

  case notUnsignedInteger(String)
  /// More than 64 bits.
  case integerTooLong(String)
  /// The bounds as text, because not all are integers.
  case outOfBounds(String, least: String, greatest: String)
  case notBoolean(String)
  case notTimeout(String)
  /// A timeout's fraction without digits.
  case emptyMilliseconds(String)
  /// A timeout with more digits than milliseconds have.
  case finerThanMilliseconds(String)
  case emptyPlateaus
  case tooManyPlateaus(limit: Int)
  case notHairpinMode(String)

  case notAddress(String, AddressFamily)
  case emptyPrefix(AddressFamily)
  case noPort(String, AddressFamily)
  case tooLong(String)
  /// Port 0 alone, which no TCP or UDP packet can use.
  case portZero(protocolName: String)
  /// Not a release of the module that this program works with.
  case notRelease(String)

  case noMulticastAddress
  /// None of a few words.
  case notChoice(String, noun: String, choices: [String])
  /// A key file, and the format of C proxies, which know no seal.
  case sealedLegacy
  /// A word stands among the arguments of the operation that it should follow directly.
  case wordAmongArguments(String, after: String)
  /// `--peers` without `--ready`.
  case peersWithoutReady
  case notPeer(String)
  /// A file of options has a mistake.
  indirect case file(FileFailure)
  /// Devices to listen on and to send through come in pairs.
  case unequalDevices(incoming: [String], outgoing: [String])

  case onlyOneProtocol
  case onlyOneFramework
  case differentInstanceNames
  case instanceName
  /// A prefix of this length holds more addresses than one usually wants in pool4.
  case manyAddresses
  /// An option of old releases that has no meaning any more.
  case removed(LegacyRemoval)
  /// A command line of old releases whose options contradict each other, and which.
  case illegalCombination(reason: String)
  /// A command line of old releases that changes two variables.
  case twoGlobals
  /// `global update KEY` without a value; the key as typed.
  case missingValue(key: String)
}

/// Which addresses a message speaks of.
enum AddressFamily: Hashable, Sendable {
  case ipv4, ipv6
  /// Where both are possible.
  case either
}
