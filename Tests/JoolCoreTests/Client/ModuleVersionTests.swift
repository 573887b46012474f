import SystemPackage
import TestSupport
import Testing

@testable import JoolCore

/// Tests with modules of every release of 4.1, whose checks of the client's version differ.
@Suite struct ModuleVersionTests {
  static let exact = (5...8).map { ModuleVersion(4, 1, $0) }
  static let lenient = (9...15).map { ModuleVersion(4, 1, $0) }

  @Test(arguments: exact + lenient + [ModuleVersion(4, 1, 99), ModuleVersion(4, 1, 7, 3)], [true, false])
  func sendsTheVersionOfTheModule(module: ModuleVersion, isInSysfs: Bool) throws {
    var versions: [ModuleVersion] = []
    let kernel = ScriptedModule.kernel(version: module) { versions.append($0) }
    var client = try JoolClient(transport: kernel, translator: .nat64, module: isInSysfs ? module : nil)
    let isRunning = try client.instanceIsRunning()
    let known = client.module
    #expect(isRunning && known == module)
    // A request with version 0 makes the module return its own version.
    #expect(versions == (isInSysfs ? [] : [ModuleVersion(rawValue: 0)]) + [module])
  }

  @Test(arguments: exact, exact + lenient)
  func reportsBothVersionsOnAMismatch(module: ModuleVersion, assumed: ModuleVersion) throws {
    var client = try JoolClient(
      transport: ScriptedModule.kernel(version: module), translator: .nat64, module: assumed)
    let error = failure { () throws(JoolError) in _ = try client.instanceIsRunning() }
    #expect(error == (module == assumed ? nil : .versionMismatch(module: module, ours: assumed)))
  }

  @Test(arguments: lenient, exact + lenient)
  func toleratesOtherReleasesSince419(module: ModuleVersion, assumed: ModuleVersion) throws {
    var client = try JoolClient(
      transport: ScriptedModule.kernel(version: module), translator: .nat64, module: assumed)
    let isRunning = try client.instanceIsRunning()
    #expect(isRunning)
  }

  @Test func ignoresTheVersionInAnswers() throws {
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
    #expect(count == 0, "The module would misread any request.")
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

  /// The module checks the privileges and the translator before the version.
  @Test(
    arguments: [
      (1, "CAP_NET_ADMIN capability required. (Maybe try su or sudo?)"),
      (22, "NAT64 Jool has not been modprobed. (Try `modprobe jool`)"),
    ] as [(UInt16, String)])
  func reportsTheErrorOfAFailedVersionQuery(code: UInt16, text: String) {
    let kernel = ScriptedModule.kernel { request, sequence in
      [ScriptedModule.refusal(of: request, sequence, code: code, text)]
    }
    let error = failure { () throws(JoolError) in
      _ = try JoolClient(transport: kernel, translator: .nat64, module: nil)
    }
    #expect(error == .refused(code: Errno(rawValue: CInt(code)), message: text))
  }
}
