import JoolCore
import SystemPackage

/// An examination of the translators in this network namespace.
///
/// A check whose subject is missing is left out: without a module there is no instance to examine.
struct DoctorVisit {
  let context: CommandContext

  private var translator: TranslatorType { context.translator }

  func report() throws(CommandFailure) -> DoctorReport {
    var report = DoctorReport()
    let name = try givenName()
    report.add([IPv6Check(context.system), ForwardingCheck(context.system), OffloadCheck(context.system)])
    let module = ModuleCheck(translator, context.system)
    guard module.findings.isEmpty else {
      report.add([module])
      return report
    }
    do throws(JoolError) {
      try examineInstances(name, &report)
    } catch .unsupportedModule(let version) {
      report.findings.append(Self.unsupported(version))
    } catch .refused(.notPermitted, _) {
      report.gaps.append("Only root may ask the module, so no instance was examined. Run as root.")
    } catch {
      throw .module(error)
    }
    return report
  }

  /// The name that the user gave with `-i` or `-f`; `nil` if there is none.
  private func givenName() throws(CommandFailure) -> InstanceName? {
    guard let text = context.givenInstanceName else { return nil }
    guard let name = InstanceName(text) else { throw .invalid(.instanceName) }
    return name
  }

  private static func unsupported(_ version: ModuleVersion?) -> HealthFinding {
    let isNewer = version.map { $0 > .newestKnown } ?? false
    return HealthFinding(
      check: "module-unsupported",
      problem: "This program does not support the loaded kernel module\(version.map { " (\($0))" } ?? "").",
      consequence: "This program cannot configure it. It supports 4.1.5 to the last 4.1.",
      advice: isNewer ? "Install a newer version of this program." : "Install a newer version of the module.")
  }

  private func examineInstances(_ given: InstanceName?, _ report: inout DoctorReport) throws(JoolError) {
    var client = try TranslatorClient(
      transport: try context.module.transport(), translator: translator, module: context.module.loadedVersion())
    let all = try client.instances()
    var here: [InstanceName] = []
    for name in Set(all.map(\.name)).sorted(by: { $0.description < $1.description }) {
      client.instance = name
      if try client.instanceIsRunning() { here.append(name) }
    }
    let chosen = given.map { name in here.filter { $0 == name } } ?? here
    guard !chosen.isEmpty else {
      report.findings.append(
        InstanceCheck.missing(
          given, translator, here: here, elsewhere: all.map(\.name).filter { !here.contains($0) },
          file: InstanceCheck.files(of: given, translator).first { context.system.text($0) != nil }))
      return
    }
    for name in chosen { report.add(try checks(of: name, all, &client)) }
  }

  private func checks(
    of name: InstanceName, _ all: [InstanceEntry], _ client: inout TranslatorClient
  ) throws(JoolError) -> [any HealthCheck] {
    let system = context.system
    let instance = try InstanceFacts(name, of: all, &client)
    var checks: [any HealthCheck] = [InstanceCheck(instance: instance), IPTablesCheck(instance, system)]
    guard translator == .nat64 else { return checks }
    let proxy = ProxyFacts(name, group: client.family.group(named: TranslatorClient.syncGroup), in: context)
    let ports = LocalPorts(instance, ephemeral: context.ephemeralPorts(), system)
    checks += [
      Pool4AddressCheck(instance, mayBeElsewhere: proxy.hasPeers, system), Pool4ProtocolCheck(instance: instance),
      EphemeralPortCheck(instance: instance, ports: ports), ListeningSocketCheck(instance: instance, ports: ports),
      ClockCheck(instance: instance, isSynchronized: system.clockIsSynchronized()),
      SynchronizationSettingsCheck(instance: instance), KeyFileCheck(instance, proxy, system),
      FirewallCheck(instance, proxy, system), ReceiveBufferCheck(instance, proxy, system),
      ProxyCheck(instance: instance, proxy: proxy),
    ]
    return checks
  }
}
