import JoolCore

/// The table of all words of the programs, in the order in which help and messages list them.
enum CommandTable {
  /// The words of the program for this type of translator.
  static func words(of translator: TranslatorType) -> WordTree {
    translator == .nat64 ? nat64 : siit
  }

  static let nat64 = WordTree(
    words: [
      instance, statistics, global(.nat64), pool4, bib, session, file, apply, doctor,
      .group(
        "joold", requiresFullName: true,
        [
          .operation("advertise", requiresFullName: true, explanation: "The same as session advertise") {
            SessionAdvertise()
          }
        ],
        explanation: "The old name of the mode session"),
    ] + completion)

  static let siit = WordTree(
    words: [
      instance, statistics,
      .group(
        "address",
        [
          .operation("query", explanation: "Print the address that an address is translated to") { AddressQuery() }
        ], explanation: "Print what an address is translated to"),
      global(.siit), eamt,
      denylist4(
        "blacklist4", notice: .deprecated("blacklist4", replacement: "denylist4"),
        explanation: "The old name of the mode denylist4"),
      denylist4("denylist4", explanation: "Print and change the IPv4 addresses that are not translated"),
      file, apply, doctor,
    ] + completion)

  private static let instance = Word.group(
    "instance",
    [
      .operation(
        "display", notice: .ignoresInstanceName(operation: "instance display"),
        explanation: "List the instances of all network namespaces"
      ) { InstanceDisplay() },
      .operation("add", explanation: "Create an instance") { InstanceAdd() },
      .operation("remove", explanation: "Remove an instance and its tables") { InstanceRemove() },
      .operation(
        "flush", notice: .ignoresInstanceName(operation: "instance flush"),
        explanation: "Remove all instances of this network namespace"
      ) { InstanceFlush() },
      .operation("status", explanation: "Print whether the instance exists") { InstanceStatus() },
    ], explanation: "Create, list and remove translators")

  private static let statistics = Word.group(
    "stats", [.operation("display", explanation: "Print the counters") { StatisticsDisplay() }],
    explanation: "Print the counters of an instance")

  private static func global(_ translator: TranslatorType) -> Word {
    let keys = GlobalKey.all.filter { $0.exists(in: translator) }
    return .group(
      "global",
      [
        .operation("display", explanation: "Print all variables") { GlobalDisplay() },
        .group(
          "update", keys.map { key in .operation(key.name) { GlobalUpdate(key: key) } },
          explanation: "Change one variable"),
        .operation("explain", requiresFullName: true, explanation: "Explain one variable, or all of them") {
          GlobalExplain(translator: translator)
        },
      ], explanation: "Print and change the variables of an instance")
  }

  private static let pool4 = Word.group(
    "pool4",
    [
      .operation("display", explanation: "Print a table") { Pool4Display() },
      .operation("add", explanation: "Add addresses and ports") { Pool4Add() },
      .operation("remove", explanation: "Remove addresses and ports") { Pool4Remove() },
      .operation("flush", explanation: "Remove everything from pool4") { Pool4Flush() },
    ], explanation: "Print and change the IPv4 addresses and ports that represent IPv6 clients")

  private static let bib = Word.group(
    "bib",
    [
      .operation("display", explanation: "Print the bindings of a table") { BIBDisplay() },
      .operation("add", explanation: "Add a static binding") { BIBAdd() },
      .operation("remove", explanation: "Remove a binding") { BIBRemove() },
      .operation(
        "find", requiresFullName: true,
        explanation: "Find who has an address. The exit status is 1 if there is nothing"
      ) { BIBFind() },
    ], explanation: "Print bindings, and add or remove static ones")

  private static let session = Word.group(
    "session",
    [
      .operation("display", explanation: "Print the sessions of a table") { SessionDisplay() },
      .operation("follow", explanation: "Print sessions as the instance announces them") { SessionFollow() },
      .operation(
        "proxy", explanation: "Exchange sessions with other NAT64s, until a signal ends it",
        words: [
          .operation("status", requiresFullName: true, explanation: "Print the status of the running proxy") {
            ProxyStatusQuery()
          },
          .operation("keygen", requiresFullName: true, explanation: "Print a line with a new key for --net.key-file") {
            KeyGeneration()
          },
        ]
      ) { SessionProxyCommand() },
      .operation(
        "mirror", requiresFullName: true, explanation: "Keep a copy of a group's sessions, without a module",
        words: [
          .operation("status", requiresFullName: true, explanation: "Print the status of the running mirror") {
            ProxyStatusQuery(isForMirror: true)
          },
          .operation("advertise", requiresFullName: true, explanation: "Send the mirror's sessions to C proxies") {
            MirrorAdvertise()
          },
        ]
      ) { SessionMirrorCommand() },
      .operation("advertise", explanation: "Send the whole session table to the peers") { SessionAdvertise() },
      .operation("count", explanation: "Print the number of sessions") { SessionCount() },
      .operation(
        "find", requiresFullName: true,
        explanation: "Find who has an address, and sessions with whom. The exit status is 1 if there is nothing"
      ) { SessionFind() },
      .operation(
        "remove", requiresFullName: true,
        explanation: "End sessions for good, on all NAT64s of the group. The exit status is 1 if there are none"
      ) { SessionRemove() },
      .operation(
        "top", requiresFullName: true, explanation: "Show who uses the session table and pool4, continually"
      ) { SessionTop() },
      .operation("save", requiresFullName: true, explanation: "Write the sessions to a file, to be restored later") {
        SessionSave()
      },
      .operation("restore", requiresFullName: true, explanation: "Give the instance the sessions of a file") {
        SessionRestore()
      },
      .operation(
        "diff", requiresFullName: true,
        explanation: "Compare two session tables. The exit status is 1 if they differ, and 2 on trouble"
      ) { SessionDiff() },
    ], explanation: "Print sessions, and synchronize them with other NAT64s")

  private static let eamt = Word.group(
    "eamt",
    [
      .operation("display", explanation: "Print the mappings") { EAMTDisplay() },
      .operation("add", explanation: "Add a mapping") { EAMTAdd() },
      .operation("remove", explanation: "Remove a mapping") { EAMTRemove() },
      .operation("flush", explanation: "Remove all mappings") { EAMTFlush() },
    ], explanation: "Print and change explicit address mappings")

  private static func denylist4(_ name: String, notice: Word.Notice? = nil, explanation: String) -> Word {
    .group(
      name,
      [
        .operation("display", explanation: "Print the addresses") { Denylist4Display() },
        .operation("add", explanation: "Add an address or a prefix") { Denylist4Add() },
        .operation("remove", explanation: "Remove an address or a prefix") { Denylist4Remove() },
        .operation("flush", explanation: "Remove all addresses") { Denylist4Flush() },
      ], notice: notice, explanation: explanation)
  }

  private static let file = Word.group(
    "file",
    [
      .operation("handle", explanation: "Create an instance, or replace its configuration") { FileHandle() },
      .operation("check", explanation: "Report what file handle would refuse") { FileCheck() },
      .operation("save", explanation: "Print the instance as a configuration file") { FileSave() },
    ], explanation: "Configure an instance from a file, check a file, or make one")

  private static let apply = Word.operation(
    "apply", requiresFullName: true, explanation: "Make the running instance that of a file, and keep its sessions"
  ) { Apply() }

  private static let doctor = Word.operation(
    "doctor", requiresFullName: true, explanation: "Find what keeps the translator from working, and how to mend it"
  ) { Doctor() }

  private static let completion = [
    Word(
      name: "autocomplete", requiresFullName: true, meaning: .completion(.autocomplete),
      explanation: "Print candidates for a shell: INDEX WORD..."),
    Word(
      name: "complete", requiresFullName: true, meaning: .completion(.complete),
      explanation: "Print candidates for a shell, with explanations: WORD..."),
  ]
}
