import Testing

@testable import JoolCommands

@Suite struct JSONReaderTests {
  private func read(_ text: String) throws(JSONSyntaxError) -> JSONValue { try JSONReader.read(Array(text.utf8)) }

  private func content(_ text: String) throws(JSONSyntaxError) -> JSONValue.Content { try read(text).content }

  @Test func recordsThePositionOfEveryValue() throws {
    let root = try read("{\n  \"a\": 1,\n  \"b\" : [ true ] }")
    let b = try #require(root.member(named: "B"))
    #expect(b.keyPosition == TextPosition(line: 3, column: 3))
    #expect(b.value.position == TextPosition(line: 3, column: 9))
    guard case .array(let elements) = b.value.content else { return #expect(Bool(false)) }
    #expect(elements[0].position == TextPosition(line: 3, column: 11))
  }

  @Test func ignoresTextAfterTheFirstValue() throws {
    #expect(try content("{} trailing") == .object([]))
    #expect(try content("[] {") == .array([]))
  }

  @Test func treatsControlCharactersAsBlanks() throws {
    #expect(try content("\u{1}\t\r\n[\u{2}]") == .array([]))
  }

  @Test func readsAnUnterminatedStringToTheEnd() throws {
    #expect(try content("\"abc") == .string("abc"))
    #expect(try content("\"abc\\") == .string("abc\\"))
  }

  @Test func readsAnUnknownEscapeAsItsCharacter() throws {
    #expect(try content(#""\a\"\\\n""#) == .string("a\"\\\n"))
  }

  @Test func readsUnicodeEscapes() throws {
    #expect(try content(#""\u00e9\ud83d\ude00""#) == .string("é😀"))
    #expect(try content(#""\ud83dx\u00""#) == .string("x00"))
  }

  @Test(
    arguments: [
      ("-", 0), ("1e2", 100), ("1e", 1), ("-1.5E-1", -0.15), ("12", 12), ("1.", 1), ("1e999", .infinity),
    ] as [(String, Double)])
  func readsIncompleteNumbers(text: String, value: Double) throws {
    #expect(try read(text).number == value)
  }

  @Test func keepsRepeatedKeysAndFindsTheFirst() throws {
    let root = try read(#"{ "a": 1, "A": 2 }"#)
    #expect(root.members?.count == 2)
    #expect(root.member(named: "a")?.value.content == .number("1"))
  }

  @Test(arguments: [
    ("", JSONSyntaxError.Reason.expectedValue, TextPosition(line: 1, column: 1)),
    ("{ a: 1 }", .expectedKey, TextPosition(line: 1, column: 3)),
    ("{ \"a\" 1 }", .expectedColon, TextPosition(line: 1, column: 7)),
    ("{ \"a\": 1\n", .expectedCommaOrEnd(closing: "}"), TextPosition(line: 2, column: 1)),
    ("[ 1 2 ]", .expectedCommaOrEnd(closing: "]"), TextPosition(line: 1, column: 5)),
    ("[nullx]", .expectedCommaOrEnd(closing: "]"), TextPosition(line: 1, column: 6)),
    ("[1,]", .expectedValue, TextPosition(line: 1, column: 4)),
  ])
  func reportsThePositionOfASyntaxError(text: String, reason: JSONSyntaxError.Reason, position: TextPosition) {
    do throws(JSONSyntaxError) {
      let value = try read(text)
      Issue.record("accepted as \(value)")
    } catch {
      #expect(error.reason == reason)
      #expect(error.position == position)
    }
  }

  @Test func limitsTheNestingDepth() {
    let deep = String(repeating: "[", count: 100_000)
    do throws(JSONSyntaxError) {
      _ = try read(deep)
      Issue.record("accepted")
    } catch {
      #expect(error.reason == .nestedTooDeeply(limit: JSONReader.depthLimit))
    }
  }

  @Test func toleratesEveryTruncationAndChangedByte() {
    let text = Array(#"{"a":[1,-2.5e3,true,null,"x\u00e9\n"],"b":{"c":false}}"#.utf8)
    for length in 0...text.count { _ = try? JSONReader.read(Array(text[..<length])) }
    for index in text.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = text
        changed[index] = byte
        _ = try? JSONReader.read(changed)
      }
    }
  }
}
