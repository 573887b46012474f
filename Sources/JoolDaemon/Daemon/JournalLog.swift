internal import Glibc
public import JoolCore
public import Logging

/// Sends log messages to systemd's journal with their fields: `journalctl JOOL_INSTANCE=campus`.
///
/// Besides the usual fields, an entry has `JOOL_INSTANCE` and the message's metadata, such as `state` as `JOOL_STATE`.
/// The format is systemd's "Native Journal Protocol".
public struct JournalLog: LogHandler {
  /// The metadata of every message.
  ///
  /// That of a single message takes precedence.
  public var metadata: Logger.Metadata = [:]
  /// The lowest level that is logged.
  public var logLevel: Logger.Level = .info
  let instance: String
  /// The path of the journal's socket.
  let path: [UInt8]

  /// Creates a handler that logs for an instance.
  public init(instance: InstanceName) {
    self.init(instance: instance.description, path: "/run/systemd/journal/socket")
  }

  init(instance: String, path: String) {
    self.instance = instance
    self.path = Array(path.utf8)
  }

  /// Whether systemd started this program and sends its standard error to the journal (`JOURNAL_STREAM`,
  /// systemd.exec(5)).
  public static var isStandardError: Bool {
    guard let stream = getenv("JOURNAL_STREAM") else { return false }
    var status = stat()
    guard fstat(STDERR_FILENO, &status) == 0 else { return false }
    return String(cString: stream) == "\(status.st_dev):\(status.st_ino)"
  }

  /// The metadata under a key.
  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  /// Sends a message to the journal, or writes it to standard error if the journal does not accept it.
  ///
  /// Only the latter may block.
  public func log(event: LogEvent) {
    let message = "\(event.message)"
    var fields = [
      ("MESSAGE", message), ("PRIORITY", "\(event.level.syslogPriority)"), ("SYSLOG_IDENTIFIER", "joold"),
      ("JOOL_INSTANCE", instance),
    ]
    for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
      fields.append(("JOOL_\(key.uppercased())", "\(value)"))
    }
    // A message that the journal does not accept still gets there as a line of standard error.
    if !UnixDatagram.send(Self.entry(fields), to: path) {
      let line = Array("\(message)\n".utf8)
      _ = write(STDERR_FILENO, line, line.count)
    }
  }

  /// An entry in the journal's format.
  ///
  /// A value of several lines is preceded by its length.
  static func entry(_ fields: [(String, String)]) -> [UInt8] {
    fields.flatMap { name, value -> [UInt8] in
      guard value.utf8.contains(UInt8(ascii: "\n")) else { return Array("\(name)=\(value)\n".utf8) }
      let length = withUnsafeBytes(of: UInt64(value.utf8.count).littleEndian) { Array($0) }
      return Array("\(name)\n".utf8) + length + Array("\(value)\n".utf8)
    }
  }
}
