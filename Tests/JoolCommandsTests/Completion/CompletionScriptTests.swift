import Glibc
import Testing

/// Tests of the scripts in `completions/`.
///
/// The shells themselves run them with the built programs, without a module.
@Suite struct CompletionScriptTests {
  /// A command line, and the candidates that every shell offers for its last word, in any order.
  static let cases: [(line: String, candidates: Set<String>)] = [
    ("jool po", ["pool4"]), ("jool glob", ["global"]), ("jool session f", ["follow", "find"]),
    ("jool pool4 ", ["display", "add", "remove", "flush"]),
    ("jool global update ss-max", ["ss-max-payload", "ss-max-sessions-per-packet"]),
    ("jool global update ss-enabled ", ["true", "false"]), ("jool global update ss-enabled t", ["true"]),
    ("jool global update tos ", []), ("jool instance add --pool6 6", ["64:ff9b::/96"]),
    ("jool pool4 add --max-iterations ", ["auto", "infinity"]), ("jool session display --nu", ["--numeric"]),
    ("jool pool4 display --u", ["--udp", "--usage"]), ("jool --in", ["--instance"]), ("jool -i ", []),
    ("jool -i main ses", ["session"]), ("jool_siit eamt f", ["flush"]), ("jool_siit pool", []),
    ("jool file handle completions/jo", ["completions/jool.bash", "completions/jool.fish"]),
    ("jool -f LIC", ["LICENSE"]),
  ]

  @Test(.shell("bash"), arguments: cases) func completesInBash(line: String, candidates: Set<String>) {
    #expect(Self.bash(line) == candidates)
  }

  @Test(.shell("zsh"), arguments: cases) func completesInZsh(line: String, candidates: Set<String>) {
    // zsh offers only the last component of a path.
    #expect(Self.zsh(line) == Set(candidates.map { $0.replacing("completions/", with: "") }))
  }

  @Test(.shell("fish"), arguments: cases) func completesInFish(line: String, candidates: Set<String>) {
    #expect(Self.fish(line) == candidates)
  }

  /// bash replaces only the part of the word after a `=` or `:`; zsh and fish replace the whole word.
  @Test(.shell("bash")) func completesPartsOfWordsInBash() {
    #expect(Self.bash("jool instance add --pool6 64:") == ["ff9b::/96"])
    #expect(Self.bash("jool pool4 add --max-iterations=a") == ["auto"])
    #expect(Self.bash("jool --file=LIC") == ["LICENSE"])
    #expect(Self.bash("jool session proxy --track-file=LIC") == ["LICENSE"])
  }

  @Test(.shell("zsh")) func completesPartsOfWordsInZsh() {
    #expect(Self.zsh("jool instance add --pool6 64:") == ["64:ff9b::/96"])
    #expect(Self.zsh("joold LIC") == ["LICENSE"])
    #expect(Self.zsh("jool pool4 add --max-iterations=a") == ["--max-iterations=auto"])
    #expect(Self.zsh("jool --file=LIC") == ["LICENSE"])
    #expect(Self.zsh("jool -i 'a b' po") == ["pool4"])
  }

  @Test(.shell("fish")) func completesPartsOfWordsInFish() {
    #expect(Self.fish("jool instance add --pool6 64:") == ["64:ff9b::/96"])
    #expect(Self.fish("joold LIC") == ["LICENSE"])
    #expect(Self.fish("jool pool4 add --max-iterations=a") == ["--max-iterations=auto"])
    #expect(Self.fish("jool --file=LIC") == ["--file=LICENSE"])
  }

  private static func bash(_ line: String) -> Set<String> {
    candidates(
      from: "bash",
      """
      . completions/jool.bash
      COMP_LINE=\(Shell.quoted(line)); COMP_POINT=${#COMP_LINE}
      _jool "${COMP_LINE%% *}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """)
  }

  private static func zsh(_ line: String) -> Set<String> {
    candidates(
      from: "zsh", "zsh -f Tests/JoolCommandsTests/Completion/candidates.zsh $PWD/completions \(Shell.quoted(line))")
  }

  private static func fish(_ line: String) -> Set<String> {
    candidates(from: "fish", ". completions/jool.fish; complete -C \(Shell.quoted(line))")
  }

  /// The candidates, without explanations, that `shell` prints for `script` with the built programs in its path.
  private static func candidates(from shell: String, _ script: String) -> Set<String> {
    let output = Shell.output(
      of: """
        cd \(Shell.quoted(root))
        for name in jool jool_siit joold; do ln -s \(Shell.quoted(Shell.products))/jool "$folder/$name"; done
        HOME=$folder XDG_CONFIG_HOME=$folder XDG_DATA_HOME=$folder PATH=$folder:$PATH \
        \(shell) \(shell == "zsh" ? "-f " : "")-c \(Shell.quoted(script))
        """)
    return Set(output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) })
  }

  private static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
}

extension Trait where Self == ConditionTrait {
  /// Skips a test visibly if the shell is missing.
  ///
  /// In CI the test runs and fails instead.
  fileprivate static func shell(_ name: String) -> Self {
    .enabled(
      if: getenv("JOOL_TEST_THOROUGH") != nil || ["/bin/", "/usr/bin/"].contains { access($0 + name, X_OK) == 0 },
      "needs \(name), which Tests/setup installs")
  }
}
