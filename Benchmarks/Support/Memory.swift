internal import Glibc

/// The memory of the process in bytes.
package struct Memory {
  /// The resident memory: the second field of `/proc/self/statm`.
  package let resident: Int
  /// The largest resident memory so far: `VmHWM` in `/proc/self/status`.
  package let peak: Int

  package static func now() -> Memory {
    let statm = read("/proc/self/statm").split(separator: " ")
    let status = read("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let peak = status?.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0
    return Memory(
      resident: (statm.count > 1 ? Int(statm[1]) ?? 0 : 0) * Int(getpagesize()), peak: peak * 1024)
  }

  private static func read(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
