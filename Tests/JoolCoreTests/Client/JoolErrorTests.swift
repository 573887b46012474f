import JoolCore
import SystemPackage
import Testing

@testable import JoolCommands

@Suite struct JoolErrorTests {
  /// Logs and messages interpolate errors.
  ///
  /// Without a description, that prints Swift's spelling of the case.
  @Test(arguments: [
    JoolError.moduleNotLoaded, .unsupportedModule(ModuleVersion(3, 5, 0)), .unsupportedModule(nil),
    .versionMismatch(module: ModuleVersion(4, 1, 8), ours: ModuleVersion(4, 1, 7)),
    .refused(code: .invalidArgument, message: "No."), .refusedByNetlink(.notPermitted),
    .malformedAnswer(.missing(field: "address")), .noAnswer, .overrun, .system(call: "recv from netlink", .noMemory),
    .netlinkLibrary(call: "nl_connect", code: -5, text: "Out of memory"), .endlessList(.pool4ForEach),
    .requestTooLarge(.globalUpdate),
    .wrongTranslator(.eamtAdd),
  ])
  func describesErrorsInPlainEnglish(error: JoolError) {
    let text = "\(error)"
    for spelling in ["(code:", "message: \"", "field:", "SystemPackage", "ForEach", "eamtAdd", "JoolCore"] {
      #expect(!text.contains(spelling), "\(text)")
    }
    #expect(text.contains(" "))
    #expect(!error.line.contains("\n"))
  }

  @Test func containsTheModulesMessageAndCode() {
    let refusal = JoolError.refused(code: .noSuchProcess, message: "This namespace lacks an instance named 'x'.")
    #expect("\(refusal)" == "The kernel module returned error 3: This namespace lacks an instance named 'x'.")
    #expect("\(JoolError.endlessList(.pool4ForEach))" == "The kernel module's list never ends (`pool4 display`).")
  }

  @Test(arguments: JoolOperation.allCases) func namesOperationsLikeTheCommandLine(operation: JoolOperation) {
    let words = "\(operation)".split(separator: " ").prefix(2).map(String.init)
    // The proxy's requests have no words of their own.
    guard operation.isAnswered else { return #expect(words[0] == "session") }
    #expect(CommandTable.words(of: operation.onlyIn ?? .nat64).place(after: words[...]) != nil)
  }

  @Test func describesAFailedLookUp() throws {
    let failure = #expect(throws: SocketAddress.LookupFailure.self) {
      try SocketAddress.lookUp(host: "::1", service: "70000", forBinding: false)
    }
    #expect(try "\(#require(failure))".hasPrefix("getaddrinfo() failed: "))
  }
}
