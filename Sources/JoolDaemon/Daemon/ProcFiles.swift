internal import Glibc

/// Reads files and directories of /proc, which never block.
///
/// Directories and links that cannot be read count as empty.
package enum ProcFiles {
  /// The whole text of a file.
  ///
  /// `nil` if it cannot be opened.
  package static func text(of path: String) -> String? {
    guard let file = fopen(path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The lines of a file, without those that are empty.
  package static func lines(of path: String) -> [Substring] { text(of: path)?.split(separator: "\n") ?? [] }

  /// The names in a directory, except those that begin with a dot.
  package static func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  /// The target of a symbolic link.
  package static func target(of path: String) -> String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self) : ""
  }
}
