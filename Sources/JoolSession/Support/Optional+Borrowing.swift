extension Optional where Wrapped: ~Copyable {
  /// Calls `body` with a value that cannot be copied, if there is one. (`?.` would consume it outside a mutating
  /// access.)
  /// - Returns: the result of `body`. `nil` if there is no value.
  package borrowing func borrowed<Result>(_ body: (borrowing Wrapped) -> Result) -> Result? {
    switch self {
    case .some(let value): body(value)
    case .none: nil
    }
  }

  /// Whether there is a value. (`!= nil` copies it first, which takes long for a large one.)
  var isPresent: Bool {
    borrowing get {
      switch self {
      case .some: true
      case .none: false
      }
    }
  }
}
