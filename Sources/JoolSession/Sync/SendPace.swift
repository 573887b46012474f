/// A limit on the number of frames that are sent at a time, so that they fit the receivers' buffers.
struct SendPace: Hashable, Sendable {
  /// The number of frames per `interval`.
  var frames: Int
  /// The number of frames that may be sent at once after a pause.
  var burst: Int

  static let interval = TimeAmount.milliseconds(5)

  /// The pace of transfers and digests if a C proxy was heard: 200 frames per second.
  ///
  /// C proxies receive every frame of the group. Their receive buffer has 208 KB by default, which is 92 full frames
  /// with the kernel's overhead, and they hand each frame to their module before they read the next.
  static let gentle = SendPace(frames: 1, burst: 8)
  /// The pace in `auto`: 3,200 frames per second, because a silent C proxy may be there.
  ///
  /// It applies to transfers and digests if no C proxy was heard, and always to retransmissions, because a network that
  /// loses many frames needs them soon. A burst fits C proxies' receive buffer.
  static let moderate = SendPace(frames: 16, burst: 64)
  /// The pace in a group without C proxies: 12,800 frames per second.
  ///
  /// The receive buffers of SS2 nodes hold 14,000 frames.
  static let brisk = SendPace(frames: 64, burst: 256)
}
