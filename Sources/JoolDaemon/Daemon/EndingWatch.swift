internal import Glibc
internal import JoolCore
internal import SystemPackage

/// Receives the requests to end the proxy or to reload its configuration: from a `StopHandle`, or as signals.
enum EndingWatch: ~Copyable {
  case handle(StopHandle)
  case signals(SignalDescriptor)

  /// A request to the proxy.
  enum Request: Equatable {
    /// The proxy must end, for this reason.
    case end(String)
    /// The proxy must read its configuration again.
    case reload
  }

  /// Blocks the signals if the proxy takes them.
  init(_ ending: ProxyEnding) throws(ProxyError) {
    switch ending {
    case .handle(let handle): self = .handle(handle)
    case .signals:
      do throws(Errno) { self = .signals(try SignalDescriptor([SIGTERM, SIGINT, SIGHUP])) } catch {
        throw .system(call: "signalfd", error)
      }
    }
  }

  /// The descriptor that has input when there is a request.
  var descriptor: Int32 {
    switch self {
    case .handle(let handle): handle.descriptor
    case .signals(let signals): signals.descriptor
    }
  }

  /// The next request, after `descriptor` was found to have input.
  func next() -> Request? {
    switch self {
    case .handle: .end("The program that runs the proxy ends it.")
    case .signals(let signals):
      signals.next().map { $0 == SIGHUP ? .reload : .end("Received signal \($0); the proxy ends.") }
    }
  }
}
