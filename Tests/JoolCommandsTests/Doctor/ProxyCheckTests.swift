import JoolDaemon
import SystemPackage
import Testing

@testable import JoolCommands
@testable import JoolCore
@testable import JoolSession

/// Tests of the checks of session synchronization.
@Suite struct ProxyCheckTests {
  private static let instance = DoctorSamples.instance
  private static let status = ProxyStatus(
    nodeStatus: NodeStatus(.ready, isReady: true), format: .auto, node: 1, sessions: 0, bibEntries: 0, legacyPeers: 0,
    counters: [], peers: [])

  private static func proxy(_ answer: ProxyFacts.Answer = .status(status)) -> ProxyFacts {
    var proxy = ProxyFacts()
    proxy.answer = answer
    proxy.holder = .proxy(process: 42)
    return proxy
  }

  private static func check(_ proxy: ProxyFacts, isEnabled: Bool = true) -> ProxyCheck {
    var instance = instance
    instance.globals = [GlobalSetting(key: .ssEnabled, value: .boolean(isEnabled))]
    return ProxyCheck(instance: instance, proxy: proxy)
  }

  @Test func isSilentAboutAProxyWithPeersAndAboutAnInstanceWithoutSynchronization() {
    #expect(Self.check(Self.proxy()).findings == [])
    #expect(Self.check(ProxyFacts(), isEnabled: false).findings == [])
  }

  @Test func findsThatNobodyReceivesTheModulesSessions() {
    var proxy = ProxyFacts()
    proxy.isHeard = false
    #expect(Self.check(proxy).checks == ["proxy-missing"])
    #expect(Self.check(proxy).findings.first?.advice?.contains("jool session proxy GROUP") == true)
    let configuration = ProxyConfiguration(instance: .default, links: [])
    proxy.options = .init(configuration: configuration, file: "/etc/jool/default.proxy.json")
    #expect(
      Self.check(proxy).findings.first?.commands == ["jool session proxy --config '/etc/jool/default.proxy.json'"])
    proxy.hasUnit = true
    #expect(Self.check(proxy).findings.first?.commands == ["systemctl start 'jool-session-proxy@default'"])
    // A C proxy answers no questions.
    proxy.isHeard = true
    #expect(Self.check(proxy).findings == [])
    proxy.isHeard = nil
    #expect(Self.check(proxy).findings == [])
    #expect(Self.check(proxy).gaps.count == 1)
  }

  @Test func findsAProxyWhoseInstanceDoesNotSynchronize() {
    #expect(Self.check(Self.proxy(), isEnabled: false).checks == ["ss-disabled"])
  }

  @Test func findsAProxyThatDoesNotReact() {
    #expect(Self.check(Self.proxy(.stalled)).findings.first?.commands == ["kill -CONT 42"])
  }

  @Test func findsAnotherProgramWithTheNameOfTheProxy() {
    var proxy = Self.proxy(.none)
    proxy.holder = .stranger(process: 7, user: 1000)
    #expect(Self.check(proxy).checks == ["proxy-impostor"])
    #expect(Self.check(proxy).findings.first?.commands == ["kill 7"])
  }

  @Test func reportsWhatTheProxyReports() {
    var status = Self.status
    status.noPeerReason = "No peer was received since the start."
    status.findings = ["udp-timeout is 300 s here and 200 s at 2001:db8::5."]
    #expect(Self.check(Self.proxy(.status(status))).checks == ["proxy-alone", "group"])
    #expect(Self.check(Self.proxy(.failed("no"))).gaps == ["no"])
  }

  @Test func findsSettingsThatLoseSessions() {
    func checks(_ settings: [(GlobalKey, UInt32)], module: ModuleVersion = .newestKnown) -> [HealthFinding] {
      var instance = Self.instance
      instance.module = module
      instance.globals += settings.map { GlobalSetting(key: $0, value: .unsigned($1)) }
      return SynchronizationSettingsCheck(instance: instance).findings
    }
    #expect(checks([(.ssCapacity, 512), (.ssMaxSessionsPerPacket, 36)]) == [])
    #expect(checks([(.ssCapacity, 511)]).first?.commands == ["jool global update ss-capacity 512"])
    #expect(checks([(.ssCapacity, 1)], module: ModuleVersion(4, 1, 10)) == [], "it has no effect there")
    #expect(checks([(.ssFlushDeadline, 2000)]) == [])
    #expect(checks([(.ssFlushDeadline, 2001)]).first?.commands == ["jool global update ss-flush-deadline 2000"])
    #expect(checks([(.ssMaxSessionsPerPacket, 37)]).map(\.check) == ["ss-packet-size"])
    #expect(
      checks([(.ssMaxSessionsPerPacket, 36)], module: ModuleVersion(4, 1, 12)).first?.commands
        == ["jool global update ss-max-sessions-per-packet 28"])
    #expect(checks([(.ssMaxSessionsPerPacket, 0)]).first?.consequence == "The module announces no sessions.")
  }

  @Test(arguments: [(12, true, []), (12, false, ["ss-deadline"]), (13, true, ["ss-deadline"])])
  func findsALongDeadlineWhereTheModuleKeepsIt(release: UInt8, asap: Bool, checks: [String]) {
    var instance = Self.instance
    instance.module = ModuleVersion(4, 1, release)
    instance.globals += [
      GlobalSetting(key: .ssFlushASAP, value: .boolean(asap)),
      GlobalSetting(key: .ssFlushDeadline, value: .unsigned(60_000)),
    ]
    #expect(SynchronizationSettingsCheck(instance: instance).checks == checks)
  }

  @Test(arguments: [
    (KeyFileError.readableByOthers(file: "/etc/jool/keys"), ["chmod 600 '/etc/jool/keys'"]),
    (.cannotRead(file: "/etc/jool/keys", .permissionDenied), ["chown 'jool:jool' '/etc/jool/keys'"]),
    (.cannotRead(file: "/etc/jool/keys", .noSuchFileOrDirectory), []), (.badKeys(.noKeys(file: "/etc/jool/keys")), []),
  ])
  func mendsAKeyFile(fault: KeyFileError, commands: [String]) {
    let check = KeyFileCheck(Self.instance, path: "/etc/jool/keys", user: "jool:jool", fault: .keyFile(fault))
    #expect(check.checks == ["key-file"])
    #expect(check.findings.first?.commands == commands)
    #expect(!commands.isEmpty || check.findings.first?.advice?.contains("keygen") == true)
  }

  @Test func reportsAKeyFileThatCouldNotBeExaminedAsAGap() {
    let check = KeyFileCheck(Self.instance, path: "/keys", fault: .noSuchUser("x"))
    #expect(check.findings == [])
    #expect(check.gaps.count == 1)
  }

  /// The output of `ss -H -u -a -n -p -m` of a Debian 12.
  private static let sockets = """
    UNCONN 0      0                    *:5353              *:*    users:(("avahi",pid=420,fd=9))
    \t skmem:(r0,rb212992,t0,tb212992,f0,w0,o0,bl0,d0)
    UNCONN 0      0  [ff08::db8:64:64]:6464              *:*    users:(("jool",pid=42,fd=9))
    \t skmem:(r0,rb425984,t0,tb212992,f4096,w0,o0,bl0,d0)

    """

  @Test func findsASmallReceiveBuffer() {
    #expect(ReceiveBufferCheck.buffer(of: 42, in: Self.sockets) == 212_992)
    #expect(ReceiveBufferCheck.buffer(of: 43, in: Self.sockets) == nil)
    #expect(ReceiveBufferCheck(Self.instance, granted: 212_992).checks == ["receive-buffer"])
    #expect(ReceiveBufferCheck(Self.instance, granted: ReceiveBufferCheck.wanted).findings == [])
    #expect(ReceiveBufferCheck(Self.instance, granted: nil).findings == [])
  }

  @Test func findsMissingRulesOfIPTables() {
    var instance = Self.instance
    instance.framework = .iptables
    instance.globals.append(GlobalSetting(key: .pool6, value: .prefix6(IPv6Prefix("64:ff9b::/96"))))
    let rule = #"-A PREROUTING -d 192.0.2.1/32 -p tcp -j JOOL --instance "default""#
    func check(_ rules4: String?, _ rules6: String?) -> IPTablesCheck {
      IPTablesCheck(instance, rules4: rules4, rules6: rules6)
    }
    #expect(check(rule, rule).findings == [])
    #expect(
      check(rule, "").findings.first?.commands
        == ["ip6tables -t mangle -A PREROUTING -d 64:ff9b::/96 -j JOOL --instance 'default'"])
    #expect(check("", "").findings.first?.commands.count == 2)
    #expect(check(rule.replacing("default", with: "other"), rule).checks == ["iptables-rule"])
    #expect(check(rule.replacing("JOOL", with: "JOOL_SIIT"), rule).checks == ["iptables-rule"])
    #expect(check("", nil).findings == [])
    #expect(check("", nil).gaps.count == 1)
    instance.framework = .netfilter
    #expect(check("", "").findings == [])
  }
}
