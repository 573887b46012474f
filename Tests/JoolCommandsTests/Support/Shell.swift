import Glibc

/// Runs shell scripts that use the built programs.
enum Shell {
  /// The folder of the test program, which also holds the built programs.
  static let products: String = {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let path = String(decoding: buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "/" + path.split(separator: "/").dropLast().joined(separator: "/")
  }()

  /// The text in single quotes, as one word of a shell script.
  static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

  /// The output of the script on both streams.
  ///
  /// bash runs it in a temporary folder, `$folder`.
  static func output(of script: String) -> String {
    let command = """
      folder=$(mktemp -d) && cd "$folder" && trap 'rm -rf "$folder"' EXIT
      \(script)
      """
    guard let stream = popen("timeout 60 bash -c \(quoted(command)) 2>&1", "r") else { return "popen failed" }
    defer { pclose(stream) }
    var text = ""
    var buffer = [CChar](repeating: 0, count: 1024)
    while fgets(&buffer, Int32(buffer.count), stream) != nil {
      text += String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
    return text
  }
}
