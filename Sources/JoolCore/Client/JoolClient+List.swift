/// Lists, which the module sends in pages. They are not snapshots: entries may be added or removed between pages.
extension JoolClient where Transport: ~Copyable {
  /// Requests one page of a list.
  ///
  /// Blocks until the module answers.
  /// - Parameters:
  ///   - operation: The list to read.
  ///   - attributes: The attributes of the request. If there was a page before, they name its last entry.
  ///   - previous: The last entry of the page before, or `nil` for the first page.
  /// - Returns: The entries, and whether there are more after them.
  /// - Throws: The errors that all calls have in common, and `JoolError.endlessList` if the module announces more
  ///   entries after an empty page or after one that ends like the page before.
  mutating func page<Record: WireRecord>(
    of operation: JoolOperation, _ attributes: [RequestAttribute], after previous: Record?
  ) throws(JoolError) -> (entries: [Record], hasMore: Bool) {
    let answer = try exchange(operation, attributes)
    let entries = try Self.decoding { () throws(WireFormatError) in try answer.list(of: Record.self) }
    guard !answer.hasMore || !entries.isEmpty && entries.last != previous else { throw .endlessList(operation) }
    return (entries, answer.hasMore)
  }

  /// Requests a list, page by page.
  ///
  /// Blocks until the module has answered for the last page.
  /// - Parameters:
  ///   - operation: The list to read.
  ///   - first: The attributes of the first request.
  ///   - offset: Makes the attributes of each further request from the last entry received.
  ///   - page: Called with each page as it arrives.
  /// - Throws: The errors of `page(of:_:after:)` as `ListError.module`, and those of the closure as `.caller`.
  mutating func pages<Record: WireRecord, Failure>(
    of operation: JoolOperation, _ first: [RequestAttribute], offset: (Record) -> [RequestAttribute],
    _ page: ([Record]) throws(Failure) -> Void
  ) throws(ListError<Failure>) {
    var attributes = first
    var previous: Record?
    while true {
      let entries: [Record]
      let hasMore: Bool
      do throws(JoolError) {
        (entries, hasMore) = try self.page(of: operation, attributes, after: previous)
      } catch {
        throw .module(error)
      }
      do throws(Failure) { try page(entries) } catch { throw .caller(error) }
      guard hasMore, let last = entries.last else { return }
      attributes = offset(last)
      previous = last
    }
  }

  /// Requests a list, page by page, for a closure that throws the client's own kind of error.
  /// - Parameters:
  ///   - operation: The list to read.
  ///   - first: The attributes of the first request.
  ///   - offset: Makes the attributes of each further request from the last entry received.
  ///   - page: Called with each page as it arrives.
  /// - Throws: The errors of `page(of:_:after:)`, and those of the closure.
  mutating func list<Record: WireRecord>(
    _ operation: JoolOperation, _ first: [RequestAttribute], offset: (Record) -> [RequestAttribute],
    page: ([Record]) throws(JoolError) -> Void
  ) throws(JoolError) {
    do throws(ListError<JoolError>) {
      try pages(of: operation, first, offset: offset, page)
    } catch {
      switch error {
      case .module(let error), .caller(let error): throw error
      }
    }
  }
}
