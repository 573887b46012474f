import Testing

@testable import JoolCommands
@testable import JoolCore

/// What is said about mistakes in configuration files.
@Suite struct ConfigurationReaderTests {
  @Test(
    arguments: [
      (#"{ "instance": "a", "framwork": "netfilter" }"#, #"(F:1:20: did you mean "framework"?)"#),
      (
        "{ \"instance\": \"a\", \"framework\": \"netfilter\",\n  \"global\": { \"toss\": 1 } }",
        #"(F:2:15: did you mean "tos"?)"#
      ),
      (
        #"{ "instance": "a", "framework": "netfilter", "global": { "udp-timeuot": 1 } }"#,
        #"(F:1:58: did you mean "udp-timeout"?)"#
      ),
      (
        #"{ "instance": "a", "framework": "netfilter", "eamt": [] }"#,
        #"(F:1:46: only files of jool_siit have it)"#
      ),
      (#"{ "instance": "a", "instance": "b" }"#, "(F:1:20: the first one is at 1:3)"),
      (
        #"{ "instance": "a", /* no */ "framework": "netfilter" }"#,
        #"(F:1:20: JSON has no comments; the key "comment" is ignored wherever it stands)"#
      ),
      (#"{ "instance": "a" "#, "(F:1:19: expected ',' or '}')"),
    ] as [(String, String)])
  func saysWhereTheMistakeIsAndWhatWouldBeRight(text: String, place: String) {
    #expect(failure(of: text)?.place.map { "(\($0))" } == place)
  }

  @Test func acceptsTheKeyCommentEverywhere() {
    let text =
      #"{ "comment": [], "instance": "a", "Comment": 1, "framework": "netfilter", "global": { "comment": 2 } }"#
    #expect(failure(of: text) == nil)
  }

  @Test(
    arguments: [
      ("pool4", "pool5", true), ("Framework", "framework", true), ("", "a", true), ("tos", "xyz", false),
    ] as [(String, String, Bool)])
  func knowsWhichNamesAreNear(text: String, name: String, isNear: Bool) {
    #expect((NearestName.of(text, among: [name]) != nil) == isNear)
  }

  private func failure(of text: String, translator: TranslatorType = .nat64) -> FileFailure? {
    do throws(FileFailure) {
      _ = try ConfigurationReader(text: Array(text.utf8), path: "F", translator: translator)
      return nil
    } catch {
      return error
    }
  }
}
