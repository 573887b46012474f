import JoolCore

/// The table of all words of the programs, in the order in which help and messages list them.
enum CommandTable {
  /// The words of the program for this type of translator.
  static func words(of translator: TranslatorType) -> WordTree {
    translator == .nat64 ? nat64 : siit
  }

  static let nat64 = WordTree(
    words: [
      instance, statistics, global(.nat64), pool4, bib, session, file, doctor,
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
      .group("address", [.operation("query") { AddressQuery() }]),
      global(.siit), eamt,
      denylist4("blacklist4", notice: .deprecated("blacklist4", replacement: "denylist4")), denylist4("denylist4"),
      file, doctor,
    ] + completion)

  private static let instance = Word.group(
    "instance",
    [
      .operation("display", notice: .ignoresInstanceName(operation: "instance display")) { InstanceDisplay() },
      .operation("add") { InstanceAdd() },
      .operation("remove") { InstanceRemove() },
      .operation("flush", notice: .ignoresInstanceName(operation: "instance flush")) { InstanceFlush() },
      .operation("status") { InstanceStatus() },
    ])

  private static let statistics = Word.group("stats", [.operation("display") { StatisticsDisplay() }])

  private static func global(_ translator: TranslatorType) -> Word {
    let keys = GlobalKey.all.filter { $0.exists(in: translator) }
    return .group(
      "global",
      [
        .operation("display") { GlobalDisplay() },
        .group("update", keys.map { key in .operation(key.name) { GlobalUpdate(key: key) } }),
        .operation("explain", requiresFullName: true, explanation: "Explain one variable, or all of them") {
          GlobalExplain(translator: translator)
        },
      ])
  }

  private static let pool4 = Word.group(
    "pool4",
    [
      .operation("display") { Pool4Display() },
      .operation("add") { Pool4Add() },
      .operation("remove") { Pool4Remove() },
      .operation("flush") { Pool4Flush() },
    ])

  private static let bib = Word.group(
    "bib",
    [
      .operation("display") { BIBDisplay() },
      .operation("add") { BIBAdd() },
      .operation("remove") { BIBRemove() },
    ])

  private static let session = Word.group(
    "session",
    [
      .operation("display") { SessionDisplay() },
      .operation("follow") { SessionFollow() },
      .operation(
        "proxy",
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
      .operation("advertise") { SessionAdvertise() },
      .operation("count") { SessionCount() },
    ])

  private static let eamt = Word.group(
    "eamt",
    [
      .operation("display") { EAMTDisplay() },
      .operation("add") { EAMTAdd() },
      .operation("remove") { EAMTRemove() },
      .operation("flush") { EAMTFlush() },
    ])

  private static func denylist4(_ name: String, notice: Word.Notice? = nil) -> Word {
    .group(
      name,
      [
        .operation("display") { Denylist4Display() },
        .operation("add") { Denylist4Add() },
        .operation("remove") { Denylist4Remove() },
        .operation("flush") { Denylist4Flush() },
      ], notice: notice)
  }

  private static let file = Word.group(
    "file",
    [
      .operation("handle") { FileHandle() },
      .operation("check") { FileCheck() },
      .operation("save") { FileSave() },
    ])

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
