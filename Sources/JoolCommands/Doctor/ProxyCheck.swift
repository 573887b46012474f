import JoolCore
import JoolDaemon
import JoolSession

/// Whether the session proxy runs and exchanges sessions with peers.
struct ProxyCheck: HealthCheck {
  var instance: InstanceFacts
  var proxy: ProxyFacts

  private var isEnabled: Bool { instance.globals.boolean(.ssEnabled) == true }

  var findings: [HealthFinding] {
    if case .stranger(let process, let user)? = proxy.holder { return [impostor(process, user)] }
    switch proxy.answer {
    case .none: return isEnabled && proxy.isHeard == false ? [missing] : []
    case .failed: return []
    case .stalled: return [stopped]
    case .status(let status):
      guard isEnabled else { return [disabled] }
      return (status.noPeerReason.map { [alone($0)] } ?? []) + status.findings.map(unfit)
    }
  }

  var gaps: [String] {
    switch proxy.answer {
    case .failed(let reason): [reason]
    case .none where isEnabled && proxy.isHeard == nil: ["It is unknown whether a session proxy runs."]
    default: []
    }
  }

  private var missing: HealthFinding {
    let start = proxy.options?.file.map { file in
      proxy.hasUnit
        ? "systemctl start '\(ProxyFacts.unit(of: instance.name))'"
        : "\(instance.program) session proxy --config '\(file)'"
    }
    return instance.finding(
      "proxy-missing", "Session synchronization is enabled, but no session proxy runs.",
      "No other node gets the sessions of this one, so they are lost if this node fails.",
      commands: start.map { [$0] } ?? [],
      advice: start == nil
        ? "Start the proxy: \(instance.program) session proxy GROUP. If there is no other node, run: "
          + "\(instance.program) global update ss-enabled false" : nil)
  }

  private var disabled: HealthFinding {
    instance.finding(
      "ss-disabled", "A session proxy runs, but session synchronization is disabled (ss-enabled is false).",
      "The module announces no sessions and accepts none, so no node can take over from another.",
      commands: ["\(instance.program) global update ss-enabled true"])
  }

  private var stopped: HealthFinding {
    instance.finding(
      "proxy-stopped", "The session proxy has not reacted for ten seconds.",
      "It neither sends nor receives sessions, and drops what the module announces.",
      commands: proxy.process.map { ["kill -CONT \($0)"] } ?? [],
      advice: "If it still does not react, end it with SIGKILL and start it again.")
  }

  private func impostor(_ process: Int32, _ user: UInt32) -> HealthFinding {
    instance.finding(
      "proxy-impostor",
      "Process \(process) of user \(user) has the name of the proxy's control socket, but is no proxy.",
      "No command and no check of keepalived can ask the proxy.", commands: ["kill \(process)"])
  }

  private func alone(_ reason: String) -> HealthFinding {
    instance.finding(
      "proxy-alone", reason, "No other node gets the sessions of this one, so they are lost if this node fails.",
      advice: "Start the proxies of the other nodes, and compare their group, port, interface and keys with those of "
        + "this one. Run there: jool doctor")
  }

  /// A finding of the proxy, which says its consequence and its remedy.
  private func unfit(_ text: String) -> HealthFinding {
    instance.finding(
      "group", text, "The nodes of the group cannot take over from each other without losing sessions.")
  }
}
