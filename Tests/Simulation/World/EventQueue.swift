/// The events in order of time.
///
/// Events of the same time keep the order in which they were scheduled. A binary heap.
struct EventQueue {
  enum Event {
    case turn(node: Int)
    /// The arrival of a datagram, by its place in the network's store.
    case arrival(Int)
    case packet(flow: Int)
    case begin(fault: Int)
    case end(fault: Int)
    case start(node: Int)
    case watch
  }

  private struct Entry {
    let at: Moment
    let order: Int
    let event: Event

    func isBefore(_ other: Entry) -> Bool { at == other.at ? order < other.order : at < other.at }
  }

  private var heap: [Entry] = []
  private var order = 0

  mutating func schedule(_ event: Event, at moment: Moment) {
    order += 1
    let entry = Entry(at: moment, order: order, event: event)
    heap.append(entry)
    var place = heap.count - 1
    while place > 0 {
      let parent = (place - 1) / 2
      guard entry.isBefore(heap[parent]) else { break }
      heap[place] = heap[parent]
      place = parent
    }
    heap[place] = entry
  }

  mutating func next() -> (at: Moment, event: Event)? {
    guard let first = heap.first, let entry = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return (first.at, first.event) }
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].isBefore(heap[child]) { child += 1 }
      guard heap[child].isBefore(entry) else { break }
      heap[place] = heap[child]
      place = child
    }
    heap[place] = entry
    return (first.at, first.event)
  }
}
