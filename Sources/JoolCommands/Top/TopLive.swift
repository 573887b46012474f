import Glibc
import JoolCore
import SystemPackage

/// The live view of `session top` on a terminal.
struct TopLive: ~Copyable {
  /// The way in which the view has ended.
  enum End: Hashable, Sendable {
    case quit
    /// A signal, which the process is to end by.
    case signal(Int32)
  }

  private static let signals = [
    SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP, SIGCONT, SIGWINCH,
  ]

  private let options: SessionTop
  private var controls: TopControls
  private var client: TranslatorClient
  private var terminal: Terminal
  private let signals: SignalDescriptor
  private let proxy: ProxyWatch
  private var names: TopNames
  private var timeline: TopTimeline
  private let clock = ContinuousClock()
  private var drawn = ContinuousClock.now
  private var isDirty = true
  /// Whether a reading is due although the view is paused.
  private var isForced = true
  private var synchronization = TopReport.Synchronization.unknown

  init(
    _ options: SessionTop, _ controls: TopControls, _ client: consuming TranslatorClient, terminal: consuming Terminal,
    in context: CommandContext
  ) throws(CommandFailure) {
    // Before any other thread is started.
    let signals = try Self.signalDescriptor()
    let (instance, isSocket) = (client.instance, client.transport.socketPath != nil)
    self.options = options
    self.controls = controls
    self.client = client
    self.terminal = terminal
    self.signals = signals
    proxy = ProxyWatch(instance, context.proxy, isSocket: isSocket)
    names = TopNames(context.names)
    timeline = TopTimeline(interval: options.interval)
  }

  private static func signalDescriptor() throws(CommandFailure) -> SignalDescriptor {
    do throws(Errno) { return try SignalDescriptor(signals) } catch { throw .output(error) }
  }

  /// Shows the table until a key or a signal ends it.
  ///
  /// The terminal is then as before.
  mutating func run() throws(CommandFailure) -> End {
    try screen { (view) throws(Errno) in try view.terminal.enter() }
    while true {
      beginIfDue()
      try screen { (view) throws(Errno) in try view.draw() }
      if let end = try wait() {
        terminal.leave()
        return end
      }
      if names.collect() || proxy.answer != synchronization { isDirty = true }
      guard timeline.rows != nil else { continue }
      do throws(JoolError) {
        if try timeline.step(&client) { isDirty = true }
      } catch {
        throw .module(error)
      }
      // The progress of a long reading.
      if timeline.age > .milliseconds(500), drawn.duration(to: clock.now) > .milliseconds(250) { isDirty = true }
    }
  }

  private mutating func beginIfDue() {
    guard isForced || timeline.rows == nil && !controls.isPaused && timeline.pause == .zero else { return }
    isForced = false
    timeline.begin(controls)
    proxy.ask()
  }

  /// Waits for a key, a signal or the next reading; not at all while there is something to read.
  private mutating func wait() throws(CommandFailure) -> End? {
    var time = Duration.seconds(3600)
    if timeline.rows != nil || isForced {
      time = .zero
    } else {
      if !controls.isPaused { time = timeline.pause }
      if names.isWaiting || synchronization == .unknown { time = min(time, .milliseconds(100)) }
    }
    var descriptors = [terminal.poll, pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
    // A millisecond more than the rest of one, so that the time is over.
    poll(&descriptors, 2, time == .zero ? 0 : Int32(clamping: Int(Milliseconds(time).rawValue) + 1))
    while let signal = signals.next() {
      if let end = try take(signal: signal) { return end }
    }
    guard descriptors[0].revents != 0 else { return nil }
    var keys: [TerminalKey] = []
    try screen { (view) throws(Errno) in
      try view.terminal.flush()
      if descriptors[0].revents & ~Int16(POLLOUT) != 0 { keys = try view.terminal.keys() }
    }
    for key in keys where take(key) { return .quit }
    return nil
  }

  /// Whether the key ends the view.
  private mutating func take(_ key: TerminalKey) -> Bool {
    switch controls.handle(key) {
    case .nothing: return false
    case .quit: return true
    case .redraw: break
    case .read: isForced = true
    }
    isDirty = true
    return false
  }

  private mutating func take(signal: Int32) throws(CommandFailure) -> End? {
    switch signal {
    case SIGWINCH: break
    case SIGTSTP:
      terminal.leave()
      Signals.suffer(SIGTSTP)
      try screen { (view) throws(Errno) in try view.terminal.enter() }
    case SIGCONT: try screen { (view) throws(Errno) in try view.terminal.enter() }
    default: return .signal(signal)
    }
    isDirty = true
    return nil
  }

  private mutating func draw() throws(Errno) {
    guard isDirty else { return }
    drawn = clock.now
    let (width, height) = terminal.size
    synchronization = proxy.answer
    guard let result = timeline.result else {
      isDirty = try !terminal.show([footer ?? ScreenLine(text: "reading ...")])
      return
    }
    var names = self.names
    let usesNames = controls.usesNames
    let grouping = result.summary.grouping
    var report = result.report(
      of: client.instance.description, controls, limit: min(height, options.selection.maxRows)
    ) { key in usesNames ? names.text(of: key, grouping) : grouping.text(of: key) }
    self.names = names
    report.interval = options.interval
    report.synchronization = synchronization
    isDirty = try !terminal.show(TopScreen(report: report, footer: footer).lines(width: width, height: height))
  }

  private var footer: ScreenLine? {
    if let message = controls.message { return ScreenLine(text: message, style: .warning) }
    if let draft = controls.draft { return ScreenLine(text: "/\(draft)_") }
    guard let rows = timeline.rows, timeline.age > .milliseconds(500) else { return nil }
    return ScreenLine(text: "reading: \(rows) rows  \(TopScreen.keys.text)", style: .hint)
  }

  /// Does something with the terminal.
  ///
  /// A terminal that is gone is a failure of the output.
  private mutating func screen(_ body: (inout TopLive) throws(Errno) -> Void) throws(CommandFailure) {
    do throws(Errno) { try body(&self) } catch { throw .output(error) }
  }
}

/// Signals that the calling thread blocks.
enum Signals {
  /// Lets a signal have its effect on this process, whether it ends or stops it.
  static func suffer(_ signal: Int32) {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, signal)
    raise(signal)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    pthread_sigmask(SIG_BLOCK, &set, nil)
  }
}
