import JoolCore

/// Whether the kernel module is loaded; if not, what is missing on the way to it.
struct ModuleCheck: HealthCheck {
  /// The way of a module into the kernel, as far as it has come.
  enum Stage: Hashable, Sendable {
    case loaded
    /// modprobe(8) would find it.
    case indexed
    /// It is below `/lib/modules`, but depmod(8) was not run since.
    case built
    /// DKMS has the source of this version, but has not built it for the running kernel.
    case source(version: String, hasHeaders: Bool)
    case absent
  }

  /// The name of the module.
  let module: String
  /// The release of the running kernel.
  let kernel: String
  let stage: Stage

  init(module: String, kernel: String, stage: Stage) {
    (self.module, self.kernel, self.stage) = (module, kernel, stage)
  }

  init(_ translator: TranslatorType, _ system: SystemReader) {
    module = translator == .nat64 ? "jool" : "jool_siit"
    kernel = system.sysctl("kernel/osrelease") ?? ""
    stage = Self.stage(of: module, kernel: kernel, system)
  }

  /// The directories of `/lib/modules/RELEASE` that hold modules from outside the kernel.
  private static let folders = ["updates/dkms", "updates", "extra", "weak-updates", "misc"]

  private static func stage(of module: String, kernel: String, _ system: SystemReader) -> Stage {
    let loaded = system.text("/proc/modules") ?? ""
    if loaded.split(separator: "\n").contains(where: { $0.hasPrefix("\(module) ") }) { return .loaded }
    func isFile(_ name: Substring) -> Bool { name == "\(module).ko" || name.hasPrefix("\(module).ko.") }
    let folder = "/lib/modules/\(kernel)"
    let index = system.text("\(folder)/modules.dep") ?? ""
    let isIndexed = index.split(separator: "\n").contains { line in
      line.prefix { $0 != ":" }.split(separator: "/").last.map(isFile) ?? false
    }
    if isIndexed { return .indexed }
    if folders.contains(where: { system.entries("\(folder)/\($0)").contains { isFile($0[...]) } }) { return .built }
    // Beside the versions there are links of the form kernel-RELEASE-ARCHITECTURE.
    let versions = system.entries("/var/lib/dkms/jool").filter { $0.first?.isNumber == true }
    guard let newest = versions.max(by: { (ModuleVersion($0)?.rawValue ?? 0) < (ModuleVersion($1)?.rawValue ?? 0) })
    else { return .absent }
    return .source(version: newest, hasHeaders: !system.entries("\(folder)/build").isEmpty)
  }

  var findings: [HealthFinding] {
    let load = "modprobe \(module)"
    switch stage {
    case .loaded: return []
    case .indexed: return [finding("module-not-loaded", "is not loaded", [load])]
    case .built:
      return [
        finding("module-not-indexed", "is not in the index of modprobe(8), although it is built", ["depmod", load])
      ]
    case .source(let version, let hasHeaders):
      let headers = "apt-get install linux-headers-\(kernel)"
      return [
        finding(
          "module-not-built",
          "is not built for the running kernel \(kernel)" + (hasHeaders ? "" : ", whose headers are not installed"),
          (hasHeaders ? [] : [headers]) + ["dkms install jool/\(version) -k \(kernel)", load],
          advice: hasHeaders ? nil : "On other systems than Debian, the package of the headers has another name.")
      ]
    case .absent:
      return [
        finding(
          "module-not-installed", "is not installed for the running kernel \(kernel)",
          ["apt-get install linux-headers-\(kernel) jool-dkms", load],
          advice: "On other systems than Debian, install Jool's kernel modules as Jool's manual describes it.")
      ]
    }
  }

  private func finding(
    _ check: String, _ fault: String, _ commands: [String], advice: String? = nil
  ) -> HealthFinding {
    HealthFinding(
      check: check, problem: "The kernel module \(module) \(fault).", consequence: "Nothing is translated.",
      commands: commands, advice: advice)
  }
}
