internal import JoolCore
internal import OrderedCollections

/// What C proxies said that no node has said yet. All nodes hear it at about the same time: each waits for those of
/// lower rank, and says it if they do not.
struct LegacyWords: Sendable {
  /// How long each rank waits for the one before it.
  static let turn = Duration.milliseconds(20)
  /// The most that any waits.
  static let longestWait = Duration.milliseconds(200)
  /// Beyond so many words nobody is waited for.
  static let maxCount = 65_536

  private struct Word: Sendable {
    /// With the life it had when it was heard.
    var session: SessionEntry
    var heard: Instant
    let due: Instant
  }

  private var words: OrderedDictionary<SessionKey, Word> = [:]
  /// When the first word is due.
  private(set) var deadline: Instant?

  var isEmpty: Bool { words.isEmpty }

  /// - Parameters:
  ///   - session: with slack.
  ///   - rank: how many nodes say it before.
  mutating func add(_ session: SessionEntry, rank: Int, now: Instant) {
    let key = SessionKey(session)
    let wait = words.count < Self.maxCount ? min(Self.turn * rank, Self.longestWait) : .zero
    let due = words[key]?.due ?? now + wait
    words[key] = Word(session: session, heard: now, due: due)
    deadline = min(deadline ?? due, due)
  }

  /// Another node has said something: if it is a word that waits here, with no less life, it waits no longer.
  mutating func remove(saidBy record: SyncRecord) {
    let key = SessionKey(record.session)
    guard record.version != .unsaid, let word = words[key], word.session.saysTheSame(as: record.session),
      !word.session.lives(longerThan: record.session)
    else { return }
    words[key] = nil
    if words.isEmpty { deadline = nil }
  }

  /// It is too early to say anything.
  mutating func wait(until time: Instant) { deadline = words.isEmpty ? nil : time }

  /// The sessions that are due, with the life that they have left, in the order in which they were heard.
  mutating func takeDue(now: Instant) -> [SessionEntry] {
    var due: [SessionEntry] = []
    var waiting: OrderedDictionary<SessionKey, Word> = [:]
    deadline = nil
    for (key, word) in words {
      guard word.due <= now else {
        waiting[key] = word
        deadline = min(deadline ?? word.due, word.due)
        continue
      }
      var session = word.session
      session.expiration = Milliseconds(session.expiration.duration - (now - word.heard))
      if session.expiration > Milliseconds(0) { due.append(session) }
    }
    words = waiting
    return due
  }
}
