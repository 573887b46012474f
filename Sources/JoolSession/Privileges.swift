internal import Glibc

/// What a process may do.
enum Privileges {
  /// CAP_NET_ADMIN, capability 12 (capabilities(7)): who has it can tell the module anything without us.
  static func hasNetAdmin(process: Int32) -> Bool {
    guard process > 0, let status = fopen("/proc/\(process)/status", "re") else { return false }
    defer { fclose(status) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), status) != nil {
      let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split {
        $0.isWhitespace
      }
      guard words.first == "CapEff:", words.count == 2 else { continue }
      return UInt64(words[1], radix: 16).map { $0 & 1 << 12 != 0 } ?? false
    }
    return false
  }
}
