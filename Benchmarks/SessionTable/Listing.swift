internal import BenchmarkSupport
internal import JoolCore
internal import JoolSession

/// The processor time of `session display` for UDP through a `ModuleResponder`, without the client's part.
struct Listing {
  private(set) var sessions = 0
  private(set) var firstPage = Duration.zero
  private(set) var otherPages = Duration.zero

  init(_ table: SessionTable, now: Instant) {
    let clock = ProcessorClock()
    let instance = InstanceEntry(namespace: 1, framework: .netfilter, name: .default)
    let profile = ModuleProfile(instance: instance, pool6: table.pool6)
    var responder = ModuleResponder(profile: profile)
    let header = JoolHeader(version: profile.version, translator: .nat64)
    var attributes = [RequestAttribute.proto(.udp)]
    while true {
      guard let request = try? Request(.sessionForEach, header: header, attributes).message(family: 32, sequence: 1)
      else { return }
      let began = clock.now
      let replies = responder.respond(to: request, table: table, now: now)
      if attributes.count == 1 { firstPage = clock.now - began } else { otherPages += clock.now - began }
      guard let reply = replies.first, let answer = try? Answer(message: reply),
        let page = try? answer.list(of: SessionEntry.self), let last = page.last
      else { return }
      sessions += page.count
      guard answer.hasMore else { return }
      attributes = [.proto(.udp), .sessionOffset(last)]
    }
  }
}
