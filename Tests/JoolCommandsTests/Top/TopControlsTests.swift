import Testing

@testable import JoolCommands
@testable import JoolCore

/// The keys of `session top`, and the filter that is typed.
@Suite struct TopControlsTests {
  private static func type(_ text: String, into controls: inout TopControls) -> [TopControls.Effect] {
    text.utf8.map { controls.handle(.character($0)) }
  }

  @Test func changesWhatIsShown() {
    var controls = TopControls()
    #expect(Self.type("sn ", into: &controls) == [.redraw, .redraw, .redraw])
    #expect(controls.order == .begun)
    #expect(!controls.usesNames)
    #expect(controls.isPaused)
    #expect(Self.type(" ssb", into: &controls) == [.read, .redraw, .redraw, .read])
    #expect(controls.order == .sessions)
    #expect(controls.grouping == .network6)
    #expect(Self.type("xQ", into: &controls) == [.nothing, .nothing])
    #expect(controls.handle(.redraw) == .redraw)
    #expect(controls.handle(.escape) == .nothing)
    #expect(Self.type("q", into: &controls) == [.quit])
  }

  @Test func choosesAllGroupingsInTurn() {
    var controls = TopControls()
    for _ in TopGrouping.allCases { _ = Self.type("b", into: &controls) }
    #expect(controls.grouping == .source6)
  }

  @Test func choosesOneProtocolAfterTheOther() {
    var controls = TopControls()
    var chosen: [Set<L4Protocol>] = []
    for _ in 0..<4 {
      #expect(Self.type("p", into: &controls) == [.read])
      chosen.append(controls.selection.filter.protocols)
    }
    #expect(chosen == [[.tcp], [.udp], [.icmp], []])
  }

  @Test func refusesAProtocolThatHasNoStates() {
    var controls = TopControls()
    _ = Self.type("/--tcp --state TRANS", into: &controls)
    #expect(controls.handle(.enter) == .read)
    #expect(Self.type("p", into: &controls) == [.redraw])
    #expect(controls.message?.hasPrefix("--state needs --tcp alone") == true)
    #expect(controls.selection.filter.protocols == [.tcp])
    #expect(controls.handle(.escape) == .redraw)
    #expect(controls.message == nil)
  }

  @Test func readsAFilter() throws {
    var controls = TopControls()
    _ = Self.type("/--source6 2001:db8::/64x", into: &controls)
    _ = controls.handle(.backspace)
    #expect(controls.draft == "--source6 2001:db8::/64")
    #expect(controls.handle(.enter) == .read)
    #expect(controls.draft == nil)
    #expect(controls.selection.filter == SessionFilter(source6: TransportRange("2001:db8::/64")))
    // The filter can be written anew, and left as it is.
    _ = Self.type("/", into: &controls)
    #expect(controls.draft == "--source6 2001:db8::/64")
    _ = controls.handle(.deleteLine)
    #expect(controls.draft == "")
    #expect(controls.handle(.escape) == .redraw)
    #expect(controls.selection.filter.source6 != nil)
    _ = Self.type("/", into: &controls)
    _ = controls.handle(.deleteLine)
    #expect(controls.handle(.enter) == .read)
    #expect(controls.selection.filter == SessionFilter())
  }

  @Test(
    arguments: [
      ("--source6 192.0.2.1", "'192.0.2.1' is not a valid value of --source6"),
      ("2001:db8::8", "A filter consists of options, for example"), ("--sauce6 ::1", "unrecognized option"),
      ("--state", "option"), ("--help", "unrecognized option"),
    ])
  func keepsAWrongFilterForCorrection(text: String, message: String) {
    var controls = TopControls()
    _ = Self.type("/" + text, into: &controls)
    #expect(controls.handle(.enter) == .redraw)
    #expect(controls.draft == text)
    let shown = controls.message ?? ""
    #expect(shown.ranges(of: message).isEmpty == false, "\(shown)")
    #expect(controls.selection.filter == SessionFilter())
    _ = controls.handle(.backspace)
    #expect(controls.message == nil)
  }

  @Test(
    arguments: [
      "", "--tcp", "--udp --icmp", "--source6 2001:db8::8#40001", "--source4 192.0.2.0/24#61001-61099",
      "--tcp --source6 2001:db8::/64 --source4 192.0.2.1 --destination4 198.51.100.7#443 --state ESTABLISHED,UNKNOWN",
      "--expires-under 2:00:00 --expires-over 0:00:30.500",
    ])
  func writesAFilterAsItIsRead(options: String) throws {
    #expect(try SessionFilter(options: options).options == options)
  }

  @Test func decodesKeys() {
    var decoder = TerminalKeyDecoder()
    func keys(_ text: String) -> [TerminalKey] { decoder.keys(of: text.utf8) }
    #expect(keys("q\r\u{7F}\u{15}\u{0C}") == [.character(113), .enter, .backspace, .deleteLine, .redraw])
    // Arrows, function keys, a mouse, keys with Alt, and letters that are no ASCII.
    #expect(keys("\u{1B}[A\u{1B}OQ\u{1B}[15~\u{1B}[<0;3;4M\u{1B}q\u{1}é") == [])
    #expect(keys("\u{1B}") == [.escape])
    #expect(keys("\u{1B}[") == [])
    #expect(keys("1;5Aq") == [.character(113)])
    #expect(keys("\u{1B}[A\u{1B}\u{1B}[B") == [])
  }
}
