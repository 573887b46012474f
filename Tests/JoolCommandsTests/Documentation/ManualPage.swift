@testable import JoolCommands
@testable import JoolCore

/// A page of the manual: its generated parts, and the parts that are written by hand in `docs/manual/NAME.SECTION.md`.
///
/// The text before the first heading of that file is the description, and its sections follow the generated ones.
struct ManualPage {
  var name: PageName
  /// One line for the head and for lists of pages.
  var summary: String
  /// The programs and files that the page is about, if the name is not enough.
  var subjects: [String] = []
  /// The lines of the synopsis, as roff.
  var synopsis = ""
  /// The generated sections, as roff.
  var sections = ""
  /// Other pages to see.
  var related: [PageName] = []

  private static let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/") + "/"

  /// The page as roff.
  func text() throws -> String {
    let source = (try? FileReader.bytes(of: "\(Self.root)docs/manual/\(name.file).md")) ?? []
    let markdown = String(decoding: source, as: UTF8.self)
    let (beginning, rest) = Roff.pages(ofMarkdown: markdown)
    var seen: Set = [name]
    let others = (related + Roff.references(in: markdown)).filter { seen.insert($0).inserted }
    let title = (subjects.isEmpty ? [name.name] : subjects).map(Roff.plain).joined(separator: ", ")
    return """
      .\\" Made by docs/generate from the tables of the programs and docs/manual. Do not edit.
      .TH "\(Roff.plain(name.name.uppercased()))" \(name.section) \(try Self.date()) \
      "swift\\-jool \(ProgramIdentity.release)" "\(name.section == 5 ? "File Formats" : "System Administration")"
      .SH NAME
      \(title) \\- \(Roff.plain(summary.prefix(1).lowercased() + summary.dropFirst()))
      \(synopsis.isEmpty ? "" : ".SH SYNOPSIS\n" + synopsis).SH DESCRIPTION
      \(beginning.isEmpty ? Roff.sentence(summary) : beginning)\(sections)\(rest).SH SEE ALSO
      \(others.map(\.reference).joined(separator: ",\n"))

      """
  }

  /// The date of the release, as `2026-11-30`, from the head of `debian/changelog`.
  private static func date() throws -> String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let log = String(decoding: try FileReader.bytes(of: root + "debian/changelog"), as: UTF8.self)
    guard let date = log.firstMatch(of: #/\n -- .*, +(\d+) (\w{3}) (\d{4}) /#),
      let month = months.firstIndex(of: String(date.2))
    else { return "" }
    let (day, number) = (String(date.1), String(month + 1))
    return [String(date.3), number.count < 2 ? "0" + number : number, day.count < 2 ? "0" + day : day]
      .joined(separator: "-")
  }
}

/// The whole manual.
enum Manual {
  /// All pages: the programs, a page for each mode and for each operation that other operations may follow, the files.
  static func pages() -> [ManualPage] {
    let commands = CommandPages.all()
    return [overview(commands), joold] + commands + [ConfigurationPage.page, ProxyFilePage.page]
  }

  /// `jool`(8): the options before the mode, the modes, and what all of them have in common.
  private static func overview(_ commands: [ManualPage]) -> ManualPage {
    var sections = ".SH OPTIONS\n" + RootOptions.declarations.map(CommandPages.option).joined()
    sections += ".SH MODES\n"
    for page in commands { sections += Roff.item(page.name.reference, Roff.sentence(page.summary)) }
    sections += ".SH OPTIONS OF JOOL 3.5\nSee COMMAND LINES OF JOOL 3.5, below.\n"
    for (program, translator) in CommandPages.programs {
      let options = LegacyOptions(translator: translator).declarations.map { CommandPages.name(of: $0) }
      sections += Roff.item(program, options.joined(separator: ", ") + ".\n")
    }
    return ManualPage(
      name: PageName("jool", 8), summary: "Configure the NAT64 and SIIT translators of the kernel module Jool",
      subjects: ["jool", "jool_siit"],
      synopsis: CommandPages.programs.map { CommandPages.synopsis($0.0, "\\fIMODE\\fR \\fIOPERATION\\fR") }
        .joined(separator: ".br\n"),
      sections: sections,
      related: [PageName("joold", 8), PageName("jool.conf", 5), PageName("jool-session-proxy", 5)])
  }

  private static let joold = ManualPage(
    name: PageName("joold", 8), summary: "Exchange sessions with other NAT64s: the old name of jool session proxy",
    synopsis: ".B joold\n.RI [ NETSOCKET\n.RI [ MODSOCKET\n.RI [ PORT ]]]\n",
    related: [PageName("jool-session-proxy", 8), PageName("jool", 8)])
}
