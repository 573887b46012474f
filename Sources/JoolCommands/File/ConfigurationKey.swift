import JoolCore

/// A key of a configuration file, other than a global variable.
///
/// The tables drive the reader and the manual, jool.conf(5).
struct ConfigurationKey: Sendable {
  let name: String
  /// The JSON type of the value, and the values that are allowed.
  let form: String
  /// The value without the key; `nil` if the key is mandatory.
  var absent: String?
  /// The only type of translator with the key; `nil` if both have it.
  var onlyIn: TranslatorType?
  /// What the value does: a sentence without its full stop.
  let explanation: String

  /// The keys of the file's root object, in the order in which messages list them.
  static let root = [
    ConfigurationKey(
      name: "instance", form: "string of 1 to 15 ASCII characters", absent: "the name of `-i`, or default",
      explanation: "The name of the instance"),
    ConfigurationKey(
      name: "framework", form: "string: netfilter or iptables",
      explanation: "What gives packets to the instance: Netfilter's hooks, or rules of iptables that you write"),
    ConfigurationKey(
      name: "global", form: "object", absent: "the defaults", explanation: "The variables of the instance"),
    ConfigurationKey(
      name: "pool4", form: "array of objects", absent: "an empty pool4: the machine's own addresses are used",
      onlyIn: .nat64, explanation: "The IPv4 addresses and ports that represent IPv6 clients"),
    ConfigurationKey(
      name: "bib", form: "array of objects", absent: "no entries", onlyIn: .nat64,
      explanation: "Static bindings, by which IPv4 nodes reach IPv6 servers"),
    ConfigurationKey(
      name: "eamt", form: "array of objects", absent: "no entries", onlyIn: .siit,
      explanation: "Explicit address mappings (RFC 7757)"),
    ConfigurationKey(
      name: "denylist4", form: "array of strings, each an IPv4 address or prefix", absent: "no entries",
      onlyIn: .siit, explanation: "IPv4 addresses that are not translated with pool6"),
    ConfigurationKey(
      name: "blacklist4", form: "array of strings", absent: "no entries", onlyIn: .siit,
      explanation: "The old name of denylist4. The entries of both form one table"),
  ]

  /// The keys of an entry of pool4.
  static let pool4 = [
    proto,
    ConfigurationKey(
      name: "prefix", form: "string: an IPv4 address or prefix", explanation: "The addresses of the entry"),
    ConfigurationKey(
      name: "mark", form: "number", absent: "0",
      explanation: "Only IPv6 packets with this mark get addresses of the entry"),
    ConfigurationKey(
      name: "port range", form: "string: PORT or FIRST-LAST", absent: "61001-65535",
      explanation: "The ports of each address; for ICMP, the identifiers of pings"),
    ConfigurationKey(
      name: "max-iterations", form: "number from 1 on, or string: auto or infinity", absent: "auto",
      explanation: "How many ports are tried at most to find a free one for a new client"),
  ]

  /// The keys of an entry of bib.
  static let bib = [
    proto,
    ConfigurationKey(
      name: "ipv6 address", form: "string: ADDRESS#PORT", explanation: "The transport address of the IPv6 node"),
    ConfigurationKey(
      name: "ipv4 address", form: "string: ADDRESS#PORT",
      explanation: "The transport address that represents it, which must be in pool4"),
  ]

  /// The keys of an entry of eamt.
  static let eamt = [
    ConfigurationKey(
      name: "ipv6 prefix", form: "string: an IPv6 address or prefix", explanation: "The IPv6 addresses of the mapping"),
    ConfigurationKey(
      name: "ipv4 prefix", form: "string: an IPv4 address or prefix", explanation: "The IPv4 addresses of the mapping"),
  ]

  private static let proto = ConfigurationKey(
    name: "protocol", form: "string: TCP, UDP or ICMP", explanation: "The table of the entry")
}
