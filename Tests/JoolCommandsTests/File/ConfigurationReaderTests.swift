import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests of the messages about mistakes in configuration files.
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
        #"(F:1:20: JSON has no comments; use the key "comment", which is ignored everywhere)"#
      ),
      (#"{ "instance": "a" "#, "(F:1:19: expected ',' or '}')"),
    ] as [(String, String)])
  func reportsThePlaceOfAMistakeAndACorrection(text: String, place: String) {
    #expect(failure(of: text)?.place.map { "(\($0))" } == place)
  }

  /// Keys of old releases, at the root and in `global`.
  @Test(
    arguments: [
      (#""pool6": "64:ff9b::/96""#, #"since Jool 4.0 it belongs in "global": "global": {"pool6": …}"#),
      (#""manually-enabled": true"#, #"it belongs in "global": "global": {"manually-enabled": …}"#),
      (#""blacklist": []"#, #"since Jool 4.1.4 it is called "denylist4""#),
      (
        #""pool6791": [ "203.0.113.0" ]"#,
        #"since Jool 4.0 it is one prefix, in "global", and called "rfc6791v4-prefix""#
      ),
      (#""file_type": "nat64""#, "Jool 4.0 removed it: leave it out"),
      (
        #""global": { "pool6791v4": "203.0.113.0/24" }"#, #"it is called "rfc6791v4-prefix" and belongs in "global""#
      ),
      (
        #""global": { "Pool6791v6": "2001:db8::/64" }"#, #"it is called "rfc6791v6-prefix" and belongs in "global""#
      ),
      (#""global": { "trace": false }"#, #"since Jool 4.1.2 "logging-debug" replaces it"#),
      (#""global": { "dropAddr": false }"#, #"today it is called "address-dependent-filtering""#),
      (#""global": { "fragment-arrival-timeout": 2000 }"#, "Jool 4.0 removed it: leave it out"),
      (#""global": { "boostMTU": true }"#, #"since Jool 3.5 "lowest-ipv6-mtu" replaces it"#),
      (#""global": { "genFH": true }"#, "Jool 3.5 removed it: leave it out"),
      (#""global": { "pool4": [] }"#, #"it belongs beside "global", not inside it"#),
      (
        #""global": { "udp-timeout": 213897 }"#,
        #"times are texts since Jool 4.0: "0:03:33.897" is 213897 milliseconds"#
      ),
      (#""global": { "udp-timeout": -1 }"#, nil),
      (#""global": { "eam-hairpin-mode": 1 }"#, #"modes are words since Jool 4.0: "simple" is 1"#),
      (#""global": { "eam-hairpin-mode": 3 }"#, nil),
    ] as [(String, String?)])
  func namesTheReplacementOfAnOldKey(member: String, advice: String?) throws {
    let failure = failure(of: #"{ "instance": "a", "framework": "netfilter", \#(member) }"#, translator: .siit)
    #expect(try #require(failure).place?.advice == advice)
  }

  @Test func reportsNumberSignsAsComments() {
    for text in ["# no\n{}", #"{ # no"#, #"{ "instance": "a" # no"#, "{} # no"] {
      #expect(failure(of: text)?.place?.advice == JSONSyntaxError.Reason.comment.description, "\(text)")
    }
    #expect(failure(of: ##"{ "instance": "#", "framework": "netfilter" }"##) == nil)
  }

  @Test func acceptsACommentKeyAtEveryLevel() {
    let text =
      #"{ "comment": [], "instance": "a", "Comment": 1, "framework": "netfilter", "global": { "comment": 2 } }"#
    #expect(failure(of: text) == nil)
  }

  @Test(
    arguments: [
      ("pool4", "pool5", true), ("Framework", "framework", true), ("", "a", true), ("tos", "xyz", false),
    ] as [(String, String, Bool)])
  func suggestsOnlySimilarNames(text: String, name: String, isNear: Bool) {
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
