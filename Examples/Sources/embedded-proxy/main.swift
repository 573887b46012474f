import Foundation
import JoolCore
import JoolDaemon
import Logging

/// Keeps the sessions of this NAT64 equal to those of its peers, until the user presses Enter.
func synchronize() throws(ProxyError) {
  let stop = try StopHandle()
  Thread.detachNewThread {
    _ = readLine()
    stop.stop()
  }
  let configuration = ProxyConfiguration(
    instance: .default, links: [.group(ProxyConfiguration.Network(group: "ff08::db8:64:64"))])
  let log = Logger(label: "proxy") { StreamLogHandler.standardError(label: $0) }
  let proxy = try ProxyEventLoop(configuration, log: log, ending: .handle(stop))
  try proxy.run()
}

do {
  try synchronize()
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
