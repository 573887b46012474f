/// Finds the name that a user who mistyped one probably meant.
enum NearestName {
  /// The name that differs from `text` by the fewest typing mistakes, ignoring case.
  ///
  /// `nil` if all differ by more than a third of the text's bytes and by more than one.
  static func of(_ text: String, among names: [String]) -> String? {
    let typed = Array(text.lowercased().utf8.prefix(64))
    let tolerance = max(1, typed.count / 3)
    let rated = names.map { name in (name: name, mistakes: mistakes(between: typed, Array(name.lowercased().utf8))) }
    guard let best = rated.min(by: { $0.mistakes < $1.mistakes }), best.mistakes <= tolerance else { return nil }
    return best.name
  }

  /// The edit distance: the number of bytes to insert, delete, replace or exchange with the next one.
  static func mistakes(between left: [UInt8], _ right: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, previous[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      (beforePrevious, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
