import Testing

@testable import JoolDaemon
@testable import JoolSession

/// Tests of `--user`.
///
/// The only account that they require is root.
@Suite struct UnprivilegedUserTests {
  /// A number without an account.
  private static let free = "4294901234"

  @Test(
    arguments: [
      ("root", 0, 0), ("0", 0, 0), ("root:root", 0, 0), ("0:0", 0, 0), ("root:12345", 0, 12345),
      ("\(free):root", 4_294_901_234, 0), ("\(free):12345", 4_294_901_234, 12345), ("4294967294:7", 4_294_967_294, 7),
    ] as [(String, UInt32, UInt32)])
  func acceptsANameOrANumberWithAnOptionalGroup(text: String, user: UInt32, group: UInt32) throws {
    let found = try UnprivilegedUser(text)
    #expect(found.user == user && found.group == group && found.name == text)
  }

  @Test(
    arguments: [
      ("", .noSuchUser("")), ("nosuchuser", .noSuchUser("nosuchuser")), (":root", .noSuchUser("")),
      ("root:", .noSuchGroup("")), ("root:nosuchgroup", .noSuchGroup("nosuchgroup")),
      ("root:0:0", .noSuchGroup("0:0")), ("-1", .noSuchUser("-1")), ("+0", .noSuchUser("+0")),
      (" 0", .noSuchUser(" 0")), ("4294967296:0", .noSuchUser("4294967296")),
      // System calls read this as -1, which means "no change". The proxy would keep running as root.
      ("4294967295:0", .noSuchUser("4294967295")), ("0:4294967295", .noSuchGroup("4294967295")),
      (free, .userWithoutGroup(free)),
    ] as [(String, ProxyError)])
  func refusesInvalidUsers(text: String, error: ProxyError) {
    #expect(throws: error) { try UnprivilegedUser(text) }
  }
}
