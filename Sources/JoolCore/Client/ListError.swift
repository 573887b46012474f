/// The error of a list whose pages are passed to a closure that throws errors of its own.
public enum ListError<Failure: Error>: Error {
  /// The list could not be read.
  case module(JoolError)
  /// The closure threw this error, and no further page was read.
  case caller(Failure)
}

extension ListError: Equatable where Failure: Equatable {}

extension ListError: CustomStringConvertible {
  /// The text of the error inside.
  public var description: String {
    switch self {
    case .module(let error): "\(error)"
    case .caller(let error): "\(error)"
    }
  }
}
