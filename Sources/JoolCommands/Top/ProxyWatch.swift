import Dispatch
import JoolCore
import JoolDaemon
import JoolSession
import Synchronization

/// The state of synchronization, which is asked for in a thread of its own, because a proxy may take seconds to answer.
final class ProxyWatch: Sendable {
  private struct State {
    var isAsking = false
    var answer = TopReport.Synchronization.unknown
  }

  private let instance: InstanceName
  /// Who is asked, for messages.
  private let title: String
  private let status: @Sendable (InstanceName) throws(ProxyControl.Failure) -> ProxyStatus?
  private let state = Mutex(State())

  /// - `isSocket`: whether a mirror answers in the module's place.
  init(_ instance: InstanceName, _ proxy: ProxyAccess, isSocket: Bool) {
    self.instance = instance
    title = isSocket ? "mirror" : "proxy"
    status = isSocket ? proxy.mirrorStatus : proxy.status
  }

  /// The last answer.
  var answer: TopReport.Synchronization { state.withLock { $0.answer } }

  /// Asks, unless an answer is outstanding.
  ///
  /// Does not block.
  func ask() {
    let isFree = state.withLock { state in
      defer { state.isAsking = true }
      return !state.isAsking
    }
    if isFree { DispatchQueue.global().async { [self] in finish(answerNow()) } }
  }

  /// Asks, and waits for the answer: up to ten seconds.
  func answerNow() -> TopReport.Synchronization {
    do throws(ProxyControl.Failure) {
      return TopReport.Synchronization(try status(instance))
    } catch .disconnected {
      return .failed("the \(title) does not answer this user")
    } catch {
      return .failed("the \(title) does not answer")
    }
  }

  private func finish(_ answer: TopReport.Synchronization) {
    state.withLock { $0 = State(isAsking: false, answer: answer) }
  }
}
