import Glibc
import SystemPackage

/// Reads small files whole.
enum FileReader {
  /// The greatest size in bytes (64 MiB).
  ///
  /// No configuration is larger.
  private static let limit = 64 << 20

  /// Reads the bytes of a file.
  ///
  /// Throws `FileFailure` if the file cannot be opened or read, is larger than 64 MiB, or is of the wrong kind.
  /// - `mayWait`: whether reading may block, as it does with pipes. Otherwise only regular files are read.
  static func bytes(of path: String, mayWait: Bool = true) throws(FileFailure) -> [UInt8] {
    let file: FileDescriptor
    do {
      file = try FileDescriptor.open(
        FilePath(path), .readOnly, options: mayWait ? .closeOnExec : [.closeOnExec, .nonBlocking])
    } catch {
      throw .cannotOpen(path: path, error as? Errno ?? .ioError)
    }
    defer { try? file.close() }
    var status = stat()
    guard mayWait || (fstat(file.rawValue, &status) == 0 && status.st_mode & S_IFMT == S_IFREG) else {
      throw .notRegular(path: path)
    }
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
      guard bytes.count <= limit else { throw .cannotRead(path: path, .fileTooLarge) }
    }
  }

  /// Reads the first JSON value of a file.
  /// - `isWhole`: whether only blanks may follow the value.
  /// - `mayWait`: whether reading may block, as it does with pipes. Otherwise only regular files are read.
  static func json(of path: String, isWhole: Bool = false, mayWait: Bool = true) throws(FileFailure) -> JSONValue {
    let bytes = try bytes(of: path, mayWait: mayWait)
    do throws(JSONSyntaxError) { return try JSONReader.read(bytes, isWhole: isWhole) } catch {
      throw .syntax(path: path, error)
    }
  }

  /// The instance's name from the `instance` key of a configuration file.
  ///
  /// The other keys are ignored.
  static func instanceName(of path: String) throws(FileFailure) -> String {
    let root = try json(of: path)
    do throws(ConfigurationError) {
      guard root.members != nil else { throw root.isNot("Object", name: "root") }
      if let instance = root.member(named: "instance") { return try instance.value.text(named: instance.key) }
    } catch {
      throw .configuration(path: path, error)
    }
    throw .noInstanceName
  }
}
