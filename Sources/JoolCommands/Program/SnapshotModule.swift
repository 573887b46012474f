import JoolCore
import JoolDaemon
import JoolSession

/// A snapshot that takes the module's place: it answers the requests that read, as the module would have answered when
/// the snapshot was taken.
struct SnapshotModule {
  private let saved: SavedTable
  private let now: Instant

  /// Uses the table of a snapshot as it was at `instant`.
  init(_ saved: SavedTable, at instant: Instant) {
    var saved = saved
    saved.expire(at: instant)
    saved.keepMasksInOrder()
    (self.saved, now) = (saved, instant)
  }

  /// The name of the instance that was saved.
  var instance: InstanceName { saved.snapshot.group }

  /// The version of the module whose place is taken.
  var version: ModuleVersion { .newestKnown }

  /// The access to the snapshot, as if it were a module.
  var access: ModuleAccess {
    ModuleAccess(
      transport: { () throws(JoolError) in transport() }, loadedVersion: { version }
    ).ofModuleAlone
  }

  /// Opens a transport, with lists of its own.
  private func transport() -> AnyTransport {
    var responder = ModuleResponder(profile: ModuleProfile(saved.snapshot))
    var replies: [[UInt8]] = []
    return AnyTransport(
      send: { [saved, now] (datagram) throws(JoolError) in
        replies += responder.respond(to: datagram, table: saved.table, now: now)
      },
      receive: { (_) throws(JoolError) in replies.isEmpty ? nil : replies.removeFirst() })
  }
}

extension CommandContext {
  /// Sends all requests to the snapshot in a file, from now on.
  ///
  /// - Throws: `CommandFailure.sessionFile` if the file cannot be used.
  mutating func useSnapshot(at path: String) throws(CommandFailure) {
    guard translator == .nat64 else { throw .sessionFile(.stateless) }
    if socket != nil { throw .sessionFile(.besideSocket) }
    let saved = try SnapshotFile(path: path).saved()
    let snapshot = SnapshotModule(saved, at: saved.taken)
    givenInstanceName = givenInstanceName ?? snapshot.instance.description
    module = snapshot.access
    self.snapshot = snapshot
  }
}

extension SnapshotFile {
  /// Reads the file.
  ///
  /// - Throws: `CommandFailure.sessionFile`.
  func saved() throws(CommandFailure) -> SavedTable {
    do throws(Failure) { return try load() } catch { throw .sessionFile(.unusable(path: path, error)) }
  }
}

/// An operation that only reads the module, so that a snapshot can answer it.
///
/// The others are refused with `--snapshot`, because some of them would use the running instance or its proxy.
protocol SnapshotReader {}

extension BIBDisplay: SnapshotReader {}
extension BIBFind: SnapshotReader {}
extension GlobalDisplay: SnapshotReader {}
extension InstanceDisplay: SnapshotReader {}
extension InstanceStatus: SnapshotReader {}
extension Pool4Display: SnapshotReader {}
extension SessionCount: SnapshotReader {}
extension SessionDisplay: SnapshotReader {}
extension SessionFind: SnapshotReader {}
extension StatisticsDisplay: SnapshotReader {}
