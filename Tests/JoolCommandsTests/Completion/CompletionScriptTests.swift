import Glibc
import Testing

/// The scripts in `completions/`, run by the shells that this machine has, with the program just built.
@Suite struct CompletionScriptTests {
  private static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")

  /// The folder of the test program, where `jool` is too.
  private static let products: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let path = String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "/" + path.split(separator: "/").dropLast().joined(separator: "/")
  }()

  private static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }

  private static let hasProgram = isExecutable(products + "/jool")
  private static let hasZsh = ["/bin/zsh", "/usr/bin/zsh"].contains(where: isExecutable)
  private static let hasFish = ["/bin/fish", "/usr/bin/fish"].contains(where: isExecutable)

  @Test(
    .enabled(if: hasProgram, "needs the program jool beside the tests"),
    arguments: [
      ("jool po", "pool4"), ("jool global update ss-enabled ", "true false"),
      ("jool instance add --pool6 64:", "ff9b::/96"), ("jool session display --nu", "--numeric"),
      ("jool_siit eamt f", "flush"), ("jool pool4 add --max-iterations=a", "auto"),
    ] as [(String, String)])
  func bashCompletes(line: String, candidates: String) {
    let script = """
      . '\(Self.root)/completions/jool.bash'
      COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}
      _jool "${COMP_LINE%% *}"
      echo "${COMPREPLY[*]}"
      """
    #expect(Self.output(of: "bash", script) == candidates + "\n")
  }

  @Test(.enabled(if: hasProgram && hasZsh, "needs zsh")) func zshAcceptsTheScript() {
    #expect(Self.output(of: "zsh", "zsh -n '\(Self.root)/completions/_jool' && echo fine") == "fine\n")
  }

  @Test(.enabled(if: hasProgram && hasFish, "needs fish")) func fishCompletes() {
    let script = ". '\(Self.root)/completions/jool.fish'; complete -C 'jool po'"
    #expect(Self.output(of: "fish", script) == "pool4\n")
  }

  /// What a shell prints that finds both programs on its path.
  private static func output(of shell: String, _ script: String) -> String {
    let folder = "/tmp/jool-completion-\(getpid())"
    let quoted = script.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
    let command = """
      mkdir -p \(folder)
      for name in jool jool_siit; do test -e \(folder)/$name || ln -s '\(products)/jool' \(folder)/$name 2>/dev/null; done
      PATH="\(folder):$PATH" \(shell) -c '\(quoted)'
      """
    guard let stream = popen(command, "r") else { return "" }
    defer { pclose(stream) }
    var text = ""
    var buffer = [CChar](repeating: 0, count: 1024)
    while fgets(&buffer, Int32(buffer.count), stream) != nil {
      text += String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return text
  }
}
