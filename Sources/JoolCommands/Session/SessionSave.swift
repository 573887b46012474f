import Glibc
import JoolCore
import JoolDaemon
import JoolSession

/// `session save FILE`: writes the sessions that fit a filter to a file, from which `session restore` restores them.
struct SessionSave: Command {
  var path: String?
  var selection = RowSelection()
  var json = false

  var syntax: Syntax<Self> {
    Syntax(
      options: Syntax.protocolSet(\.selection.filter.protocols, "Save only", letters: false)
        + Syntax.clients(\.selection, "sessions") + Syntax.sessionCriteria(\.selection) + [Syntax.json(\.json)]
        + Syntax.refusingOrder(because: "a file has no order. Use it with session display."),
      arguments: "FILE", completion: .none, argumentKind: .file
    ) { (command, text) throws(ArgumentError) in
      try command.path.fill(text)
    }
  }

  func run(in context: CommandContext) throws(CommandFailure) {
    guard let path else { throw .invalid(.missing(["a file name"])) }
    let selection = try selection.checked()
    let file = SnapshotFile(path: path)
    if file.isStandardStream, context.output.isTerminal { throw .sessionFile(.terminal) }
    let encoder = try encoder(selection.filter, in: context)
    let snapshot = encoder.snapshot
    if file.isStandardStream {
      var encoder = encoder
      while let block = encoder.next() {
        context.output.write(capacity: block.count) { output in for byte in block { output.append(byte) } }
      }
      return
    }
    // A signal must not leave the unfinished file behind, so it has to wait.
    _ = context.watchForInterruption()
    do throws(SnapshotFile.Failure) { try file.write(encoder) } catch {
      throw .sessionFile(.notSaved(path: path, error))
    }
    let time = TimeText.utc(snapshot.taken.timeOfDay)
    if json {
      let report = JSONValue.object([
        ("file", .string(path)), ("instance", .text(snapshot.group)), ("saved_at", .string(time)),
        ("sessions", .number(snapshot.count)),
      ])
      context.output.print(report.text())
    } else {
      context.output.print("\(snapshot.count) sessions were saved in '\(path)' at \(time).")
    }
  }

  /// Reads the sessions of the instance.
  private func encoder(_ filter: SessionFilter, in context: CommandContext) throws(CommandFailure) -> SnapshotEncoder {
    var progress = ProgressLine(in: context)
    defer { progress.clear() }
    return try context.ask { (client) throws(JoolError) in
      let globals = try client.globals()
      var pool4: [Pool4Entry] = []
      for proto in L4Protocol.allCases { pool4 += try client.pool4Entries(of: proto) }
      guard let pool6 = globals.prefix6(.pool6), var sessions = SessionCollection(pool6: pool6, now: .now) else {
        throw .malformedAnswer(.missing(field: "pool6"))
      }
      try client.forEachSession(matching: filter) { page in
        sessions.add(page, now: .now)
        progress.show("\(sessions.count) sessions were read.")
      }
      let snapshot = TableSnapshot(
        group: client.instance, number: 0, taken: .now, pool6: pool6, limits: SessionLimits(globals: globals),
        pool4: MaskRange.merging(pool4.map { MaskRange($0) }))
      return sessions.encoder(for: snapshot, now: .now)
    }
  }
}
