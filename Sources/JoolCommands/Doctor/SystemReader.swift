import CLinux
import Glibc
import JoolCore
import JoolDaemon

/// What the checks of `jool doctor` read from the machine.
///
/// Everything is read in the network namespace of the process. Nothing is changed.
struct SystemReader {
  /// A route that the kernel chooses for an address.
  enum Route: Hashable, Sendable {
    /// The machine itself has the address.
    case local
    /// The address belongs to the link of the interface with this index.
    case link(UInt32)
    /// Any other route.
    case other
  }

  /// The text of a file; `nil` if it cannot be opened.
  var text: (String) -> String? = ProcFiles.text
  /// The names in a directory; empty if it cannot be read.
  var entries: (String) -> [String] = ProcFiles.entries
  /// The target of a symbolic link; empty if it cannot be read.
  var target: (String) -> String = ProcFiles.target
  /// The standard output of a shell command; `nil` if it fails.
  ///
  /// Blocks until the command ends.
  var output: (String) -> String? = SystemReader.outputOfShell
  /// The route to an address; `nil` if there is none.
  var route: (IPv4Address) -> Route? = SystemReader.kernelRoute
  /// Whether a feature of an interface is on, by the names of interface and feature; `nil` if it cannot be read.
  var feature: (_ interface: String, _ name: String) -> Bool? = SystemReader.featureOfDriver
  var interfaces: () -> [InterfaceSnapshot.Interface] = { InterfaceSnapshot.now().interfaces }
  var clockIsSynchronized: () -> Bool = { clinux_clock_is_synchronized() }
  /// The process that has the control name of an instance's proxy; `nil` if there is none.
  var controlHolder: (InstanceName) -> ControlNameHolder? = { ControlNameHolder(of: $0) }
  /// The reason why a proxy with this configuration could not use its key file; `nil` if it could.
  var keyFault: (ProxyConfiguration) -> ProxyError? = { configuration in
    do throws(ProxyError) { try configuration.verifyKeys() } catch { return error }
    return nil
  }

  /// The value of a sysctl, by its path below `/proc/sys`, without blanks at its end.
  func sysctl(_ path: String) -> String? {
    guard let text = text("/proc/sys/\(path)") else { return nil }
    let end = text.lastIndex { !$0.isWhitespace }
    return end.map { String(text[...$0]) } ?? ""
  }
}

extension SystemReader {
  /// Only commands that this program contains are run.
  ///
  /// Their messages are dropped.
  private static func outputOfShell(_ command: String) -> String? {
    guard let stream = popen("PATH=$PATH:/usr/sbin:/sbin; exec 2>/dev/null; \(command)", "re") else { return nil }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, stream), count > 0 { bytes += buffer[..<count] }
    return pclose(stream) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }

  private static func kernelRoute(to address: IPv4Address) -> Route? {
    var route = clinux_route()
    let found = withUnsafeBytes(of: address.bits.bigEndian) { clinux_route(AF_INET, $0.baseAddress, &route) }
    guard found == 0 else { return nil }
    switch Int(route.type) {
    case RTN_LOCAL: return .local
    case RTN_UNICAST where !route.has_gateway && route.interface != 0: return .link(route.interface)
    default: return .other
    }
  }

  private static let (RTN_UNICAST, RTN_LOCAL) = (1, 2)

  private static func featureOfDriver(_ interface: String, _ name: String) -> Bool? {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    let answer = clinux_feature_is_on(descriptor, interface, name)
    return answer < 0 ? nil : answer == 1
  }
}
