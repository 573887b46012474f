internal import JoolCore

/// The lists that do not depend on the table's sessions.
extension ModuleProfile {
  /// The answer to INSTANCE_FOREACH.
  func instances(after offset: InstanceEntry?) throws(ModuleRefusal) -> Reply {
    guard let offset else { return .page([instance]) }
    guard (offset.namespace, offset.name) == (instance.namespace, instance.name) else { throw .noSuchOffset }
    return .done
  }

  /// The answer to GLOBAL_FOREACH.
  ///
  /// It is empty if the instance does not have the variable `number`.
  func globals(after number: UInt8?) -> Reply {
    guard let number else { return .globals(globals) }
    guard let index = globals.firstIndex(where: { $0.key.number == UInt16(number) }) else { return .done }
    return .globals(globals[(index + 1)...])
  }

  /// The answer to STATS_FOREACH.
  func statistics(after number: UInt8?, bibEntries: Int, sessions: Int) -> Reply {
    var counters = counters
    counters["JSTAT_BIB_ENTRIES"] = UInt64(bibEntries)
    counters["JSTAT_SESSIONS"] = UInt64(sessions)
    let names = Statistic.names(of: version)
    let statistics = zip(UInt16(1)..., names).map { Statistic(id: $0, value: counters[$1] ?? 0, names: names) }
    return .statistics(statistics.drop { $0.id <= number.map(UInt16.init) ?? 0 })
  }

  /// The answer to POOL4_FOREACH.
  ///
  /// The offset's iterations are ignored.
  func pool4(of proto: L4Protocol, after offset: Pool4Entry?) throws(ModuleRefusal) -> Reply {
    var entries = pool4.filter { $0.proto == proto }[...]
    if let offset {
      let index = entries.firstIndex {
        $0.mark == offset.mark && $0.prefix == offset.prefix && $0.ports == offset.ports
      }
      guard let index else { throw .pool4Changed }
      entries = entries[(index + 1)...]
    }
    var reply = Reply.done
    for entry in entries {
      guard reply.append(entry, limit: messageLimit) else { break }
    }
    return reply
  }
}
