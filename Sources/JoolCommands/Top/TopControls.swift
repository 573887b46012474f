import JoolCore

/// The choices of the user of `session top`, by options at first and by keys then.
struct TopControls: Hashable, Sendable {
  /// The effect of a key.
  enum Effect: Hashable, Sendable {
    case nothing
    /// The same counts are shown in another way.
    case redraw
    /// Other sessions, or other groups, must be counted.
    case read
    case quit
  }

  var selection = RowSelection()
  var grouping = TopGrouping.source6
  var order = TableSummary.Order.sessions
  var usesNames = true
  var isPaused = false
  /// The text of the filter while it is being written.
  private(set) var draft: String?
  /// The reason why the last key had no effect.
  private(set) var message: String?

  mutating func handle(_ key: TerminalKey) -> Effect {
    if draft != nil { return edit(key) }
    let hadMessage = message != nil
    message = nil
    switch key {
    case .character(UInt8(ascii: "q")): return .quit
    case .character(UInt8(ascii: "s")): order = order.next
    case .character(UInt8(ascii: "n")): usesNames.toggle()
    case .character(UInt8(ascii: " ")):
      isPaused.toggle()
      return isPaused ? .redraw : .read
    case .character(UInt8(ascii: "b")):
      grouping = grouping.next
      return .read
    case .character(UInt8(ascii: "p")): return chooseNextProtocol()
    case .character(UInt8(ascii: "/")): draft = selection.filter.options
    case .redraw: break
    default: return hadMessage ? .redraw : .nothing
    }
    return .redraw
  }

  /// All protocols, then each alone.
  private mutating func chooseNextProtocol() -> Effect {
    let present = selection.filter.protocols
    let all = L4Protocol.allCases
    let index = present.count == 1 ? all.firstIndex { present.contains($0) } : nil
    let next = index.map { $0 + 1 } ?? 0
    return choose(next < all.count ? [all[next]] : [])
  }

  private mutating func choose(_ protocols: Set<L4Protocol>) -> Effect {
    var copy = selection
    copy.filter.protocols = protocols
    return take(copy)
  }

  private mutating func take(_ new: RowSelection) -> Effect {
    do throws(ArgumentError) {
      try new.check()
    } catch {
      message = CommandFailure.text(of: error)
      return .redraw
    }
    selection = new
    return .read
  }

  private mutating func edit(_ key: TerminalKey) -> Effect {
    guard let text = draft else { return .nothing }
    message = nil
    switch key {
    case .character(let byte): draft = text + String(UnicodeScalar(byte))
    case .backspace: draft = String(text.dropLast())
    case .deleteLine: draft = ""
    case .redraw: break
    case .escape: draft = nil
    case .enter:
      do throws(ArgumentError) {
        var copy = selection
        copy.filter = try SessionFilter(options: text)
        draft = nil
        return take(copy)
      } catch {
        message = CommandFailure.text(of: error)
      }
    }
    return .redraw
  }
}

extension CaseIterable where Self: Equatable {
  /// The next case; the first one after the last.
  fileprivate var next: Self {
    let all = Array(Self.allCases)
    let index = all.firstIndex(of: self).map { $0 + 1 } ?? 0
    return all[index < all.count ? index : 0]
  }
}
