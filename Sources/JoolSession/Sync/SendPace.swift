/// How many frames may leave at a time, so that the receivers' buffers hold them.
struct SendPace: Hashable, Sendable {
  /// Frames per `interval`, and how many may leave at once after a pause.
  var frames: Int
  var burst: Int

  static let interval = Duration.milliseconds(5)

  /// Tables and repairs beside a C proxy that was heard. C proxies are sent every frame of the group. Their receive buffer has
  /// 208 KB by default, which is 92 full frames with the kernel's overhead, and they hand each to their module before they
  /// read the next. 200 frames per second.
  static let gentle = SendPace(frames: 1, burst: 8)
  /// Tables and repairs in `auto` without a known C proxy: a silent one may be there. 1,600 per second.
  static let cautious = SendPace(frames: 8, burst: 32)
  /// Repeated updates in `auto`: a network that loses much needs them soon. 3,200 per second.
  static let moderate = SendPace(frames: 16, burst: 64)
  /// In a group of our kind: receive buffers hold 14,000 frames. 12,800 per second.
  static let brisk = SendPace(frames: 64, burst: 256)
}
