public import JoolCore

/// A kernel that calls a function for each request (with its netlink header); the result is the list of answers.
public struct ScriptedKernel: KernelTransport {
  private let answer: ([UInt8]) throws(JoolError) -> [[UInt8]]
  private var queue: [[UInt8]] = []
  /// All datagrams that were sent, in order.
  public private(set) var sent: [[UInt8]] = []

  /// Makes a kernel that answers with the datagrams of `answer`.
  public init(_ answer: @escaping ([UInt8]) throws(JoolError) -> [[UInt8]]) { self.answer = answer }

  /// Queues the answer to a request.
  public mutating func send(_ datagram: [UInt8]) throws(JoolError) {
    sent.append(datagram)
    queue += try answer(datagram)
  }

  /// The next datagram of the answers, or `nil`.
  public mutating func receive(waiting: Bool) throws(JoolError) -> [UInt8]? {
    queue.isEmpty ? nil : queue.removeFirst()
  }
}
