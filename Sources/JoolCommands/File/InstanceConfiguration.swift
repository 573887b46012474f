import JoolCore

/// The configuration of an instance as a file holds it.
struct InstanceConfiguration: Hashable, Sendable {
  /// `nil`: the file leaves it to the command line.
  var instanceName: String?
  var framework: Framework
  /// In the order of the file, which is the order in which the module gets them.
  var sections: [Section] = []

  enum Section: Hashable, Sendable {
    case globals([GlobalSetting])
    case pool4([Pool4Entry])
    case bib([BIBEntry])
    case eamt([EAMEntry])
    case denylist4([IPv4Prefix])
  }

  /// The requests that hand it to the module: one to begin, some with entries, one to commit.
  var requests: [RequestAttribute] {
    [.atomicInit(framework)] + sections.flatMap(\.requests) + [.atomicEnd]
  }
}

extension InstanceConfiguration.Section {
  /// How many entries fit in a page of 4096 bytes, which every module takes; rounded down.
  private static let entriesPerRequest = (pool4: 56, bib: 56, eamt: 72, denylist4: 200)

  fileprivate var requests: [RequestAttribute] {
    let limit = Self.entriesPerRequest
    return switch self {
    case .globals(let settings): settings.isEmpty ? [] : [.globals(settings)]
    case .pool4(let entries): entries.chunks(of: limit.pool4).map(RequestAttribute.pool4)
    case .bib(let entries): entries.chunks(of: limit.bib).map(RequestAttribute.bib)
    case .eamt(let entries): entries.chunks(of: limit.eamt).map(RequestAttribute.eamt)
    case .denylist4(let prefixes): prefixes.chunks(of: limit.denylist4).map(RequestAttribute.denylist4)
    }
  }
}

extension Array {
  fileprivate func chunks(of size: Int) -> [[Element]] {
    stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
  }
}
