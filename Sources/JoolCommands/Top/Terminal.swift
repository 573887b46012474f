import Glibc
import JoolCore
import SystemPackage

/// The terminal of this process while a program fills its screen: keys arrive at once, and the screen is an alternate one.
///
/// The terminal is as before when its owner is destroyed. No call blocks, so a terminal that takes no more output, for
/// example at the other end of a broken connection, keeps nobody from ending the program.
struct Terminal: ~Copyable {
  /// The terminal as a file of its own, because a non-blocking standard output would be that of the shell, too.
  private let tty: OwnedDescriptor
  private var original = termios()
  private var isEntered = false
  /// The bytes that the terminal has not taken yet.
  private var waiting: [UInt8] = []
  private var decoder = TerminalKeyDecoder()
  private let hasColors: Bool

  /// `nil` unless standard input and output are a terminal that can address its lines.
  init?() {
    let type = Self.variable("TERM") ?? ""
    guard isatty(STDIN_FILENO) == 1, isatty(STDOUT_FILENO) == 1, !type.isEmpty, type != "dumb",
      let tty = OwnedDescriptor(open("/dev/tty", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC))
    else { return nil }
    self.tty = tty
    hasColors = (Self.variable("NO_COLOR") ?? "").isEmpty && !type.hasPrefix("vt")
  }

  deinit {
    if isEntered { Self.restore(tty.rawValue, original, discardsOutput: !waiting.isEmpty) }
  }

  /// The descriptor for poll(2), and the events to wait for.
  var poll: pollfd {
    pollfd(fd: tty.rawValue, events: Int16(POLLIN) | (waiting.isEmpty ? 0 : Int16(POLLOUT)), revents: 0)
  }

  /// The number of columns and lines.
  var size: (width: Int, height: Int) {
    var size = winsize()
    guard ioctl(tty.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Switches to the alternate screen.
  ///
  /// Does so again if another program has used the terminal meanwhile.
  mutating func enter() throws(Errno) {
    if !isEntered {
      guard tcgetattr(tty.rawValue, &original) == 0 else { throw .current }
    }
    var raw = original
    // Control-C and Control-Z still send signals.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
    withUnsafeMutableBytes(of: &raw.c_cc) { characters in
      characters[Int(VMIN)] = 1
      characters[Int(VTIME)] = 0
    }
    isEntered = true
    guard tcsetattr(tty.rawValue, TCSANOW, &raw) == 0 else { throw .current }
    waiting = Array("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J".utf8)
    try flush()
  }

  /// Returns to the screen and the settings from before.
  mutating func leave() {
    guard isEntered else { return }
    isEntered = false
    Self.restore(tty.rawValue, original, discardsOutput: !waiting.isEmpty)
    waiting = []
  }

  /// The keys that were pressed.
  /// - Throws: `Errno.ioError` if the terminal is gone.
  mutating func keys() throws(Errno) -> [TerminalKey] {
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(tty.rawValue, &bytes, bytes.count)
    if count == 0 { throw .ioError }
    guard count > 0 else {
      let errno = Errno.current
      if errno == .resourceTemporarilyUnavailable || errno == .interrupted { return [] }
      throw errno
    }
    return decoder.keys(of: bytes.prefix(count))
  }

  /// Shows lines, from the top of the screen.
  /// - Returns: False if the terminal has not taken the last picture yet. Then nothing is shown.
  mutating func show(_ lines: [ScreenLine]) throws(Errno) -> Bool {
    try flush()
    guard waiting.isEmpty else { return false }
    var picture = "\u{1B}[H"
    for (number, line) in lines.enumerated() {
      // The line is cleared first: at its end, a terminal would clear its last character.
      picture +=
        (number > 0 ? "\r\n" : "") + "\u{1B}[K" + Self.codes(of: line.style, hasColors) + line.text + "\u{1B}[0m"
    }
    waiting = Array((picture + "\u{1B}[J").utf8)
    try flush()
    return true
  }

  /// Writes as much as the terminal takes.
  mutating func flush() throws(Errno) {
    while !waiting.isEmpty {
      let count = write(tty.rawValue, waiting, waiting.count)
      guard count < 0 else {
        waiting.removeFirst(count)
        continue
      }
      let errno = Errno.current
      if errno == .resourceTemporarilyUnavailable { return }
      if errno != .interrupted { throw errno }
    }
  }

  private static func codes(of style: ScreenLine.Style, _ hasColors: Bool) -> String {
    switch style {
    case .plain: ""
    case .title: "\u{1B}[1m"
    case .heading: "\u{1B}[7m"
    case .warning: hasColors ? "\u{1B}[1;31m" : "\u{1B}[1m"
    case .hint: hasColors ? "\u{1B}[36m" : ""
    }
  }

  private static func restore(_ tty: Int32, _ original: termios, discardsOutput: Bool) {
    // 0x18 ends a sequence that was cut.
    if discardsOutput { tcflush(tty, TCOFLUSH) }
    let farewell: [UInt8] = (discardsOutput ? [0x18] : []) + Array("\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l".utf8)
    _ = write(tty, farewell, farewell.count)
    // In the background, the settings are those of the program in the foreground.
    guard tcgetpgrp(tty) == getpgrp() else { return }
    var original = original
    tcsetattr(tty, TCSANOW, &original)
  }

  private static func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
}
