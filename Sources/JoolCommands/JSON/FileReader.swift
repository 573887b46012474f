import Glibc
import SystemPackage

/// Reads small files whole.
enum FileReader {
  /// The bytes of a file.
  static func bytes(of path: String) throws(FileFailure) -> [UInt8] {
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
    } catch {
      throw .cannotOpen(path: path, error as? Errno ?? .ioError)
    }
    defer { try? file.close() }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count: Int
      do {
        count = try block.withUnsafeMutableBytes { try file.read(into: $0) }
      } catch {
        let errno = error as? Errno ?? .ioError
        throw errno == .isDirectory ? .isDirectory(path: path) : .cannotRead(path: path, errno)
      }
      guard count > 0 else { return bytes }
      bytes += block[..<count]
    }
  }

  /// The first JSON value of a file.
  static func json(of path: String) throws(FileFailure) -> JSONValue {
    let bytes = try bytes(of: path)
    do throws(JSONSyntaxError) { return try JSONReader.read(bytes) } catch { throw .syntax(path: path, error) }
  }

  /// The instance's name from the `instance` key of a configuration file; nothing else of the file matters.
  static func instanceName(of path: String) throws(FileFailure) -> String {
    let root = try json(of: path)
    guard root.members != nil else { throw .wrongType(path: path, name: "root", root, expected: "Object") }
    guard let instance = root.member(named: "instance") else { throw .noInstanceName }
    guard case .string(let name) = instance.value.content else {
      throw .wrongType(path: path, name: instance.key, instance.value, expected: "String")
    }
    return name
  }
}
