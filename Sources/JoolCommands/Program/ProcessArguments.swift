import CLinux
import Glibc

/// The command line and the file of this process, as the kernel gave them to it.
///
/// Both are known without /proc, which a chroot may lack. `CommandLine.arguments` is empty there.
enum ProcessArguments {
  /// The arguments, starting with the program's name.
  static var all: [String] {
    var all: [String] = []
    while let argument = clinux_argument(Int32(all.count)) { all.append(String(cString: argument)) }
    return all
  }

  /// The absolute path of the program's file, without symbolic links; `nil` if the file cannot be found any more.
  static var executable: String? {
    guard let path = realpath(clinux_executed_path(), nil) else { return nil }
    defer { free(path) }
    return String(cString: path)
  }
}
