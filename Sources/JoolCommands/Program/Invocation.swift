/// The operation that a command line names, and the words after it.
struct Invocation {
  /// The operation as typed, for messages.
  var operationName = ""
  /// The words that may follow the operation instead of arguments.
  var subwords: [Word] = []
  /// The words after the operation.
  var arguments: ArraySlice<String> = []
  /// The position at which options are allowed.
  var optionOrder = OptionScanner.Order.anywhere
}
