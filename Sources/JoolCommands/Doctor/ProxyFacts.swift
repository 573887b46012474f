import JoolCore
import JoolDaemon
import JoolSession

/// What the checks know of the session proxy of an instance.
struct ProxyFacts {
  /// What asking the proxy has yielded.
  enum Answer {
    /// No proxy runs, or it is one of the C programs, which answer no questions.
    case none
    case status(ProxyStatus)
    /// It has not reacted for ten seconds.
    case stalled
    /// It gave no intelligible answer, for this reason.
    case failed(String)
  }

  /// The options of the proxy, and where they were found.
  struct Options {
    var configuration: ProxyConfiguration
    /// The file in which they are; `nil` for the command line of the running proxy.
    var file: String?
  }

  var answer = Answer.none
  /// The process that has the proxy's control name.
  var holder: ControlNameHolder?
  /// Whether any process receives the sessions that the module announces; `nil` if that is not known.
  ///
  /// It may be a proxy, a C proxy or `jool session follow`.
  var isHeard: Bool?
  /// `nil` if they are not known.
  var options: Options?
  /// Whether the systemd unit of the proxies is installed.
  var hasUnit = false

  private static let unitFolders = ["/etc", "/usr/local/lib", "/usr/lib", "/lib"].map { "\($0)/systemd/system" }

  /// The file of options that the unit gives to the proxy of an instance.
  static func file(of instance: InstanceName) -> String { "/etc/jool/\(instance).proxy.json" }

  /// The unit of an instance's proxy.
  static func unit(of instance: InstanceName) -> String { "jool-session-proxy@\(instance)" }

  init() {}

  /// Blocks for up to ten seconds if the proxy does not react.
  /// - `group`: the number of the multicast group of the module's announcements; `nil` if it is not known.
  init(_ instance: InstanceName, group: UInt32?, in context: CommandContext) {
    let system = context.system
    do throws(ProxyControl.Failure) {
      if let status = try context.proxy.status(instance) { answer = .status(status) }
    } catch {
      answer = error == .stalled ? .stalled : .failed("\(error)")
    }
    holder = system.controlHolder(instance)
    isHeard = group.flatMap { Self.isHeard(group: $0, system.text("/proc/net/netlink")) }
    options = Self.options(of: holder, instance, in: context)
    hasUnit = Self.unitFolders.contains { system.text("\($0)/jool-session-proxy@.service") != nil }
  }

  /// The status; `nil` if there is none.
  var status: ProxyStatus? { if case .status(let status) = answer { status } else { nil } }

  /// The process ID of the proxy; `nil` if it is not known.
  var process: Int32? {
    if case .proxy(let process)? = holder, process > 0 { process } else { nil }
  }

  /// Whether another node may have the addresses of this one.
  var hasPeers: Bool { status.map { $0.noPeerReason == nil } ?? false }

  /// Whether a row of `/proc/net/netlink` is a generic netlink socket that is a member of the group.
  private static func isHeard(group: UInt32, _ table: String?) -> Bool? {
    // The table shows the first 32 groups of a socket as a bit mask.
    guard let table, 1...32 ~= group else { return nil }
    return table.split(separator: "\n").dropFirst().contains { line in
      let words = line.split(separator: " ")
      guard words.count > 3, words[1] == "16", let groups = UInt32(words[3], radix: 16) else { return false }
      return groups >> (group - 1) & 1 == 1
    }
  }

  /// The options of the running proxy, or those of the usual file if none runs.
  private static func options(
    of holder: ControlNameHolder?, _ instance: InstanceName, in context: CommandContext
  ) -> Options? {
    var command = SessionProxyCommand(isReread: true)
    var file: String?
    if case .proxy(let process)? = holder {
      guard let running = ProxyCommandLine.parse(process, in: context) else { return nil }
      command = running
    } else {
      let path = Self.file(of: instance)
      guard context.system.text(path) != nil, (try? ProxyOptionsFile.apply(path, to: &command)) != nil else {
        return nil
      }
      file = path
    }
    guard let links = try? command.arguments.network.links() else { return nil }
    var configuration = command.arguments.configuration(instance: instance, links: links)
    if case .proxy(let process)? = holder, configuration.user == nil {
      configuration.user = ProxyCommandLine.user(of: process, context.system)
    }
    return Options(configuration: configuration, file: file)
  }
}
