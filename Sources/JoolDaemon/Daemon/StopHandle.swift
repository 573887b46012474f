internal import JoolCore
internal import JoolSession
internal import SystemPackage

/// Ends a proxy or a follower from another thread.
///
/// One handle may end several of them.
public final class StopHandle: Sendable {
  private let event: EventDescriptor

  /// Creates a handle, for `ProxyEventLoop` or `SessionFollower`.
  /// - Throws: `ProxyError.system` if the process has too many descriptors.
  public init() throws(ProxyError) {
    do throws(Errno) { event = try EventDescriptor() } catch { throw .system(call: "eventfd", error) }
  }

  /// Ends what was created with this handle.
  ///
  /// What is created with it later ends as soon as it starts. Does not block: the calls that wait return soon after.
  public func stop() { event.signal() }

  /// The descriptor that has input once `stop()` was called.
  var descriptor: Int32 { event.descriptor }
}

extension StopHandle? {
  /// Blocks until a descriptor has input, or until `stop()` was called.
  ///
  /// Returns `false` after `stop()`, even if there is input.
  func waits(for descriptor: Int32) throws(Errno) -> Bool {
    while true {
      var poller = Poller()
      poller.watch(descriptor)
      if let self { poller.watch(self.descriptor) }
      try poller.wait(until: nil)
      if let self, poller.hasInput(self.descriptor) { return false }
      if poller.hasInput(descriptor) { return true }
    }
  }
}
