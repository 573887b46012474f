import Dispatch
import Foundation
import JoolCore
import JoolDaemon
import Logging

/// Runs a session proxy for the NAT64 in this network namespace until the standard input ends.
func run(on interface: String) throws(ProxyError) {
  let group = ProxyConfiguration.Network(group: "ff02::db8:64", incomingInterface: interface)
  let configuration = ProxyConfiguration(instance: .default, links: [.group(group)])
  let stop = try StopHandle()
  DispatchQueue.global().async {
    while readLine() != nil {}
    stop.stop()
  }
  try ProxyEventLoop(configuration, log: Logger(label: "proxy"), ending: .handle(stop)).run()
}

do {
  try run(on: CommandLine.arguments.dropFirst().first ?? "eth0")
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
