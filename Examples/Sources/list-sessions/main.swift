import Foundation
import JoolCore

// Prints the TCP sessions of the NAT64 in this network namespace.
do {
  var client = try Jool.connect()
  for session in try client.sessions(of: .tcp) {
    print(session.source6, "as", session.source4, "to", session.destination4)
  }
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
