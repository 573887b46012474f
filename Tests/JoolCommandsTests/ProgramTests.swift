import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of behavior that the golden cases do not cover.
@Suite struct ProgramTests {
  @Test func checksTheInstanceIfThereAreNoArguments() {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    let outcome = bench.run("jool")
    #expect(outcome.status == 0)
    #expect(outcome.output == bench.run("jool global display").output)
    bench.kernel.loaded = []
    #expect(bench.run("jool").status == 253)
  }

  @Test func selectsTheTranslatorByTheProgramsName() {
    let bench = TestBench()
    #expect(
      bench.run("/usr/bin/jool_siit eamt").error
        == "More arguments expected.\nPossible follow-ups: display add remove flush \n")
    #expect(bench.run("/opt/jool eamt").error.hasPrefix("Unexpected token: 'eamt'"))
  }

  /// The name that was typed counts, then that of the file, each up to what a packager or a user adds.
  @Test(
    arguments: [
      ("jool", nil, .nat64), ("jool_siit", nil, .siit), ("joold", nil, .joold),
      ("./jool.distrib", nil, .nat64), ("/opt/jool_siit-swift", nil, .siit),
      ("joold.d/joold.distrib", nil, .joold), ("joold/jool", nil, .nat64),
      ("siit", "/usr/bin/jool_siit", .siit), ("proxy", "/usr/bin/joold", .joold),
      ("jool", "/usr/bin/joold", .nat64), ("joold", "/usr/bin/jool_siit", .joold),
      ("", nil, .nat64), ("other", "/opt/other", .nat64),
    ] as [(String, String?, Program)])
  func selectsTheProgramByItsName(name: String, file: String?, program: Program) {
    #expect(Program(name: name, file: file) == program)
  }

  @Test func usesTheTypedProgramNameInMessages() {
    #expect(
      TestBench().run("./bin/jool --foo").error.hasPrefix("./bin/jool: unrecognized option '--foo'\nTry `./bin/jool"))
  }

  @Test func tellsItsReleaseOnlyIfAsked() {
    for program in ["jool", "jool_siit", "joold"] {
      #expect(TestBench().run("\(program) --version").output == "4.1.15.0\n")
      #expect(
        TestBench().run("\(program) --version --verbose").output
          == "swift-jool \(ProgramIdentity.release)\nCompatible with the client of Jool 4.1.15.0\n")
    }
    // Only the C client's words are options.
    #expect(TestBench().run("jool --ver").output == "4.1.15.0\n")
    #expect(TestBench().run("jool --verbose --version").status == 64)
  }

  @Test func namesTheOutdatedOneOfTwoVersions() {
    let bench = TestBench()
    bench.kernel.version = ModuleVersion(4, 1, 8)
    #expect(bench.run("jool instance add -6 64:ff9b::/96") == Outcome())
    bench.versionInSysfs = ModuleVersion(4, 1, 9)
    #expect(
      bench.run("jool global display").error == """
        Error: Version mismatch. The kernel module's version is 4.1.8.0,
        but mine is 4.1.9.0.
        Please update the kernel module.

        """)
    bench.versionInSysfs = ModuleVersion(4, 2, 0)
    #expect(
      bench.run("jool global display").error == """
        Error: The kernel module's version (4.2.0.0) is not supported.
        This program works with 4.1.5.0 and later versions of 4.1.
        Please update me.

        """)
    #expect(bench.run("jool global display").status == 234)
  }

  @Test func acceptsProtocolsWithoutDashes() {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    #expect(bench.run("jool pool4 add tcp 192.0.2.1 61001-65535") == Outcome())
    #expect(bench.run("jool pool4 display --csv --no-headers").output == "0,TCP,192.0.2.1,61001,65535,1024,0\n")
    #expect(
      bench.run("jool pool4 add tcp --udp 192.0.2.1 5").error == "Error: Only one protocol is allowed per request.\n")
  }

  @Test func warnsOfTheOldNameOfTheDenylist() {
    let bench = TestBench()
    bench.run("jool_siit instance add")
    let outcome = bench.run("jool_siit blacklist4 flush")
    #expect(outcome.error == "Warning: blacklist4 is deprecated. Use 'denylist4' instead.\n")
    #expect(outcome.status == 0)
  }

  @Test func removesMappingsByEitherPrefix() {
    let bench = TestBench()
    bench.run("jool_siit instance add")
    for byte in 1...5 { bench.run("jool_siit eamt add 2001:db8:\(byte)::/120 192.0.\(byte).0/24") }
    #expect(bench.run("jool_siit eamt remove 2001:db8:4::/120") == Outcome())
    #expect(bench.run("jool_siit eamt remove 192.0.5.0/24") == Outcome())
    #expect(
      bench.run("jool_siit eamt display --csv --no-headers").output == """
        2001:db8:3::/120,192.0.3.0/24
        2001:db8:2::/120,192.0.2.0/24
        2001:db8:1::/120,192.0.1.0/24

        """)
    #expect(bench.run("jool_siit eamt remove 192.0.9.0/24").status == 3)
  }

  @Test func requestsAnAdvertisementOnce() {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    bench.run("jool global update ss-enabled true")
    #expect(bench.run("jool session advertise") == Outcome())
    #expect(bench.kernel.instances[0].advertisements == 1)
    #expect(bench.run("jool session advertise --help").output.hasPrefix("Usage: advertise [OPTION...]\n"))
    #expect(bench.kernel.instances[0].advertisements == 1)
  }

  @Test func replacesTheNameOfTheOperationInMessages() {
    let bench = TestBench()
    #expect(bench.run("jool bib add --program-name=x --foo").error.hasPrefix("x: unrecognized option '--foo'\nTry `x"))
    #expect(
      bench.run("jool instance add --p x").error.hasPrefix(
        "add: option '--p' is ambiguous; possibilities: '--pool6' '--program-name'\n"))
  }

  @Test func completesAfterRootOptions() {
    let bench = TestBench()
    #expect(bench.run("jool autocomplete 4 -i x po").output == "display add remove flush ")
    #expect(bench.run("jool autocomplete 3 -i x po").output == "pool4 ")
    #expect(bench.run("jool autocomplete 3 --instance=x pool4 dis").output == "display ")
  }

  @Test func printsEveryRowOnceAcrossPages() {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    bench.run("jool pool4 add --tcp 192.0.2.1 1-2000")
    for port in 1...1100 { bench.run("jool bib add 2001:db8::1#\(port) 192.0.2.1#\(port)") }
    bench.kernel.pageSize = 7
    let expected = (1...1100).map { "TCP,2001:db8::1,\($0),192.0.2.1,\($0),1\n" }.joined()
    #expect(bench.run("jool bib display --csv --no-headers --numeric").output == expected)
    #expect(bench.run("jool bib display --csv --no-headers").output.split(separator: "\n").count == 1100)
  }

  @Test func refusesAnUnknownWordWithoutAskingTheModule() {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    let requests = bench.kernel.requests
    #expect(bench.run("jool pool4 foo").error.hasPrefix("Unexpected token: 'foo'\n"))
    #expect(bench.run("jool pool4 add --tcp 192.0.2.1 x").status != 0)
    #expect(bench.kernel.requests == requests)
    #expect(bench.run("jool pool4 add --tcp 192.0.2.1 1-2") == Outcome())
    #expect(bench.kernel.requests == requests + [.pool4Add])
  }

  @Test func namesTheReleaseThatIntroducedAVariable() {
    let bench = TestBench()
    bench.run("jool instance add -6 64:ff9b::/96")
    bench.kernel.version = ModuleVersion(4, 1, 9)
    let outcome = bench.run("jool global update ss-max-sessions-per-packet 10")
    #expect(
      outcome.error
        == "Error: ss-max-sessions-per-packet needs module 4.1.11.0 or later, and this one is 4.1.9.0.\n")
    #expect(outcome.status == 95 && !bench.kernel.requests.contains(.globalUpdate))
  }

  @Test func sendsNothingIfAFileIsInvalid() {
    let bench = TestBench()
    bench.directory = GoldenFile.folder + "files/file-errors-siit"
    for number in 13...17 { #expect(bench.run("jool_siit file handle e\(number).json").status != 0) }
    #expect(bench.kernel.requests.isEmpty)
  }

  @Test func printsHelpOfEveryOperation() {
    for program in ["jool", "jool_siit"] {
      let tree = CommandTable.words(of: Program(name: program).translator)
      for mode in tree.words { check(mode, [program]) }
    }
  }

  @Test func printsHelpOfIncompleteCommands() {
    let help = TestBench().run("jool session --help")
    #expect(help.status == 0)
    #expect(help.output.hasPrefix("Usage: session [OPTION...] WORD\n  or:  session display [OPTION...]\n"))
    #expect(TestBench().run("jool global update --usage").output.contains("\n  or:  update tos [-f?V] [--force]"))
    let unknown = TestBench().run("jool session --foo")
    #expect(unknown.error.hasPrefix("Unexpected token: '--foo'\nAvailable options: display "))
  }

  private func check(_ word: Word, _ path: [String]) {
    let path = path + [word.name]
    if word.command != nil {
      let help = TestBench().run(path + ["--help"])
      #expect(help.status == 0 && help.output.hasPrefix("Usage: \(word.name) [OPTION...]"), "\(path)")
    }
    for next in word.words { check(next, path) }
  }
}
