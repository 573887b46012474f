extension Optional where Wrapped: ~Copyable {
  /// Looks at a value that cannot be copied, if it is there. (`?.` would consume it outside a mutating access.)
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
