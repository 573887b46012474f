import Glibc
import JoolCore
import JoolDaemon
import JoolSession

/// A session table that `session diff` compares.
enum SessionSource: Hashable, Sendable {
  /// A running instance; `nil` for that of `-i`.
  case running(instance: String?)
  /// A file of `session save` or of a mirror, or the socket of a mirror. `-` is standard input.
  case file(String)

  /// The word that stands for the running instance.
  static let runningWord = "running"

  /// Parses an argument: `running`, `running:NAME` or a path.
  ///
  /// A file with such a name needs its directory: `./running`.
  init(_ text: String) {
    if text == Self.runningWord {
      self = .running(instance: nil)
    } else if text.hasPrefix(Self.runningWord + ":") {
      self = .running(instance: String(text.dropFirst(Self.runningWord.utf8.count + 1)))
    } else {
      self = .file(text)
    }
  }

  /// Reads the source as far as it is a file.
  ///
  /// Blocks for the file.
  /// - Throws: `CommandFailure.sessionFile` if the file cannot be used.
  func load() throws(CommandFailure) -> Loaded {
    switch self {
    case .running(let instance): return .running(instance: instance)
    case .file(let path):
      return Self.isSocket(path) ? .socket(path) : .saved(try SnapshotFile(path: path).saved())
    }
  }

  private static func isSocket(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
  }

  /// A source whose file was read.
  enum Loaded {
    case running(instance: String?)
    /// A mirror that is asked on its socket.
    case socket(String)
    case saved(SavedTable)

    /// The time of the table.
    var moment: SnapshotMoment {
      switch self {
      case .running, .socket: .now
      case .saved(let saved): saved.snapshot.taken
      }
    }

    /// A client that lists the sessions which are left at `moment`.
    ///
    /// - Throws: the failures of `CommandContext.client(instance:)`.
    func client(at moment: SnapshotMoment, in context: CommandContext) throws(CommandFailure) -> TranslatorClient {
      switch self {
      case .running(let instance): return try context.client(instance: instance)
      case .socket(let path):
        var context = context
        // The name of `-i` is that of `running`.
        context.givenInstanceName = nil
        context.socket = path
        return try context.client()
      case .saved(let saved):
        let module = SnapshotModule(saved, at: saved.instant(at: moment))
        var context = context
        context.module = module.access
        return try context.client(instance: module.instance.description)
      }
    }
  }
}
