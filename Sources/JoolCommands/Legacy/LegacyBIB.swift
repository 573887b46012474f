import JoolCore
import SystemPackage

/// The 3.5 mode `--bib`.
///
/// It applies to all three tables unless some are chosen.
struct LegacyBIB {
  var request: LegacyRequest
  var context: CommandContext

  func run() throws(CommandFailure) {
    var pair = TransportAddressPair()
    try request.takeArguments { (text) throws(ArgumentError) in try pair.take(text) }
    switch request.operation {
    case .add: try add(pair)
    case .remove: try remove(pair)
    case .count: try count()
    default: try LegacyDisplay(request: request, context: context).bindings()
    }
  }

  /// Adds the binding to each chosen table.
  ///
  /// If one addition fails, those before it are undone, except in tables that contained the binding already.
  private func add(_ pair: TransportAddressPair) throws(CommandFailure) {
    var done: [L4Protocol] = []
    let old = request.chosenProtocols.count > 1 ? try protocols(with: pair) : []
    do throws(CommandFailure) {
      for proto in request.chosenProtocols {
        try BIBAdd(proto: ProtocolChoice(proto), pair: pair).run(in: context)
        done.append(proto)
      }
    } catch {
      for proto in done where !old.contains(proto) {
        try BIBRemove(proto: ProtocolChoice(proto), pair: pair).run(in: context)
      }
      throw error
    }
  }

  /// The chosen protocols whose table contains the binding.
  private func protocols(with pair: TransportAddressPair) throws(CommandFailure) -> [L4Protocol] {
    var found: [L4Protocol] = []
    for proto in request.chosenProtocols {
      try context.ask { (client) throws(JoolError) in
        try client.forEachBIBEntry(of: proto) { page in
          if page.contains(where: { $0.source6 == pair.ipv6 && $0.source4 == pair.ipv4 }) { found.append(proto) }
        }
      }
    }
    return found
  }

  /// Removes the binding from each chosen table that contains it.
  ///
  /// It is an error if none does.
  private func remove(_ pair: TransportAddressPair) throws(CommandFailure) {
    var isFound = false
    var absence: CommandFailure?
    try request.forEachProtocol(in: context) { (proto) throws(CommandFailure) in
      do throws(CommandFailure) {
        try BIBRemove(proto: ProtocolChoice(proto), pair: pair).run(in: context)
        isFound = true
      } catch {
        guard case .module(.refused(.noSuchProcess, _)) = error else { throw error }
        absence = error
      }
    }
    if !isFound, let absence { throw absence }
  }

  private func count() throws(CommandFailure) {
    for proto in request.chosenProtocols {
      var count = 0
      try context.ask { (client) throws(JoolError) in try client.forEachBIBEntry(of: proto) { count += $0.count } }
      context.output.print("\(proto): \(count)")
    }
  }
}
