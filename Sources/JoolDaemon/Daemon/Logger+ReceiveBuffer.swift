internal import Logging

extension Logger {
  /// Logs a warning with a remedy if a receive buffer is smaller than requested.
  ///
  /// Both sizes are in bytes.
  func adviseOnBuffer(of socket: String, granted: Int32, wanted: Int32) {
    guard granted < wanted else { return }
    warning(
      """
      The receive buffer of the \(socket) socket has \(granted) bytes instead of \(wanted); bursts of sessions may \
      overrun it. Run the proxy with CAP_NET_ADMIN, or: sysctl -w net.core.rmem_max=\(wanted)
      """)
  }
}
