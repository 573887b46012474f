import Testing

@testable import JoolDaemon
@testable import JoolSession

/// `--user`, with the two accounts that every Linux has.
@Suite struct UnprivilegedUserTests {
  /// No account has this number.
  private static let free = "4294901234"

  @Test(
    arguments: [
      ("root", 0, 0), ("0", 0, 0), ("root:root", 0, 0), ("0:0", 0, 0), ("root:12345", 0, 12345),
      ("\(free):root", 4_294_901_234, 0), ("\(free):12345", 4_294_901_234, 12345), ("4294967294:7", 4_294_967_294, 7),
    ] as [(String, UInt32, UInt32)])
  func isANameOrANumberAndPerhapsAGroup(text: String, user: UInt32, group: UInt32) throws {
    let found = try UnprivilegedUser(text)
    #expect(found.user == user && found.group == group && found.name == text)
  }

  @Test(
    arguments: [
      ("", .noSuchUser("")), ("nosuchuser", .noSuchUser("nosuchuser")), (":root", .noSuchUser("")),
      ("root:", .noSuchGroup("")), ("root:nosuchgroup", .noSuchGroup("nosuchgroup")),
      ("root:0:0", .noSuchGroup("0:0")), ("-1", .noSuchUser("-1")), ("+0", .noSuchUser("+0")),
      (" 0", .noSuchUser(" 0")), ("4294967296:0", .noSuchUser("4294967296")),
      // -1 as the system's calls read it: nothing would change, and the proxy would stay root.
      ("4294967295:0", .noSuchUser("4294967295")), ("0:4294967295", .noSuchGroup("4294967295")),
      (free, .userWithoutGroup(free)),
    ] as [(String, ProxyError)])
  func refusesWhatIsNone(text: String, error: ProxyError) {
    #expect(throws: error) { try UnprivilegedUser(text) }
  }
}
