import Foundation
import JoolCore

/// Prints the sessions that the NAT64 of this network namespace creates and updates, until the process is interrupted.
func follow() throws(JoolError) {
  var client = try Jool.connect()
  if try client.globals().boolean(.ssEnabled) != true {
    warn("ss-enabled is off, so the module announces nothing. Run: jool global update ss-enabled true")
  }
  guard var feed = try client.sessionFeed() else { return warn("The instance has no pool6.") }
  while true {
    switch try feed.next() {
    case nil: continue
    case .sessions(let sessions):
      for session in sessions {
        print(session.proto, session.source6, session.source4, session.destination4, session.expiration)
      }
    case .overrun: warn("Some sessions were lost, because more arrived than the socket's buffer holds.")
    case .unusable(let error): warn("The module sent an unusable message: \(error)")
    }
    // Then the module sends its next message at once. With a session proxy, which acknowledges itself, leave this out.
    try client.acknowledgeSessions()
  }
}

func warn(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }

do {
  try follow()
} catch {
  warn("\(error)")
}
exit(1)
