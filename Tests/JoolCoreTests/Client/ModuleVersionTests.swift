import SystemPackage
import TestSupport
import Testing

@testable import JoolCore

/// This client with modules of every release of 4.1, which check the requester's version each in its way.
@Suite struct ModuleVersionTests {
  static let exact = (5...8).map { ModuleVersion(4, 1, $0) }
  static let lenient = (9...15).map { ModuleVersion(4, 1, $0) }

  @Test(arguments: exact + lenient + [ModuleVersion(4, 1, 99), ModuleVersion(4, 1, 7, 3)], [true, false])
  func speaksToEveryModuleInItsOwnVersion(module: ModuleVersion, isInSysfs: Bool) throws {
    var versions: [ModuleVersion] = []
    let kernel = ScriptedModule.kernel(version: module) { versions.append($0) }
    var client = try JoolClient(transport: kernel, translator: .nat64, module: isInSysfs ? module : nil)
    let isRunning = try client.instanceIsRunning()
    let known = client.module
    #expect(isRunning && known == module)
    // Version 0 is the question for the module's.
    #expect(versions == (isInSysfs ? [] : [ModuleVersion(rawValue: 0)]) + [module])
  }

  @Test(arguments: exact, exact + lenient)
  func namesBothVersionsToAModuleThatWantsItsOwn(module: ModuleVersion, assumed: ModuleVersion) throws {
    var client = try JoolClient(
      transport: ScriptedModule.kernel(version: module), translator: .nat64, module: assumed)
    let error = failure { () throws(JoolError) in _ = try client.instanceIsRunning() }
    #expect(error == (module == assumed ? nil : .versionMismatch(module: module, ours: assumed)))
  }

  @Test(arguments: lenient, exact + lenient)
  func agreesWithOtherReleasesSince419(module: ModuleVersion, assumed: ModuleVersion) throws {
    var client = try JoolClient(
      transport: ScriptedModule.kernel(version: module), translator: .nat64, module: assumed)
    let isRunning = try client.instanceIsRunning()
    #expect(isRunning)
  }

  @Test func doesNotMindTheVersionInAnswers() throws {
    let kernel = ScriptedModule.kernel { request, sequence in
      [ScriptedModule.answer(to: request, sequence, .status(isAlive: true), version: ModuleVersion(4, 1, 1))]
    }
    var client = try JoolClient(transport: kernel, translator: .nat64, module: ModuleVersion(4, 1, 13))
    let isRunning = try client.instanceIsRunning()
    #expect(isRunning)
  }

  @Test(arguments: (0...4).map { ModuleVersion(4, 1, $0) }, [true, false])
  func refusesModulesWithTheOldHeader(module: ModuleVersion, isInSysfs: Bool) {
    var count = 0
    let kernel = ScriptedModule.kernel(version: module) { _ in count += 1 }
    let known = isInSysfs ? module : nil
    let error = failure { () throws(JoolError) in
      _ = try JoolClient(transport: kernel, translator: .nat64, module: known)
    }
    #expect(error == .unsupportedModule(known))
    #expect(count == 0, "nothing that it would misread")
  }

  @Test(arguments: [ModuleVersion(4, 0, 9), ModuleVersion(4, 2, 0), ModuleVersion(5, 1, 8)], [true, false])
  func refusesModulesOfOtherSeries(module: ModuleVersion, isInSysfs: Bool) {
    let error = failure { () throws(JoolError) in
      _ = try JoolClient(
        transport: ScriptedModule.kernel { request, sequence in
          [
            ScriptedModule.refusal(
              of: request, sequence, code: 22,
              "Version mismatch. The userspace client's version is 0.0.0.0,\nbut the kernel module is \(module).\n")
          ]
        }, translator: .nat64, module: isInSysfs ? module : nil)
    }
    #expect(error == .unsupportedModule(module))
  }

  /// The module looks for privileges and translator before versions.
  @Test(
    arguments: [
      (1, "CAP_NET_ADMIN capability required. (Maybe try su or sudo?)"),
      (22, "NAT64 Jool has not been modprobed. (Try `modprobe jool`)"),
    ] as [(UInt16, String)])
  func reportsWhyTheModuleDoesNotTellItsVersion(code: UInt16, text: String) {
    let kernel = ScriptedModule.kernel { request, sequence in
      [ScriptedModule.refusal(of: request, sequence, code: code, text)]
    }
    let error = failure { () throws(JoolError) in
      _ = try JoolClient(transport: kernel, translator: .nat64, module: nil)
    }
    #expect(error == .refused(code: Errno(rawValue: CInt(code)), message: text))
  }
}
