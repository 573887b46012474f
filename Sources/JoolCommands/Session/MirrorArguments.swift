import JoolCore
import JoolDaemon
import JoolSession

/// The options that only a mirror has.
struct MirrorArguments: Hashable, Sendable {
  /// The path of a configuration file of the NAT64s, for pool6, timeouts and pool4.
  var settings: String?
  /// The directory of the snapshots.
  var state: String?
  /// The seconds between two snapshots.
  var interval: UInt32?
  /// The socket on which the mirror answers in the module's place.
  var socket = ProxyConfiguration.Socket()
  /// `--socket none`: whether there is none.
  var hasNoSocket = false

  /// The seconds that may be between two snapshots.
  static let intervals: ClosedRange<UInt32> = 1...86_400

  /// The options of the mirror, with the settings that the file contains now.
  ///
  /// - Throws: a `CommandFailure` if the file has a mistake, or no pool6.
  var configuration: ProxyConfiguration.Mirror {
    get throws(CommandFailure) {
      ProxyConfiguration.Mirror(
        settings: try nat64Settings(), state: state,
        interval: interval.map { .seconds(Int($0)) } ?? ProxyConfiguration.Mirror.defaultInterval,
        socket: hasNoSocket ? nil : socket)
    }
  }

  private func nat64Settings() throws(CommandFailure) -> MirrorSettings {
    guard let settings else { return MirrorSettings() }
    do throws(FileFailure) {
      let text = try FileReader.bytes(of: settings)
      let file = try ConfigurationReader(text: text, path: settings, translator: .nat64).configuration
      guard let pool6 = file.globals.prefix6(.pool6) else {
        let reason = ConfigurationError.Reason.missing(child: "pool6", object: "global")
        throw .configuration(
          path: settings, ConfigurationError(reason: reason, position: TextPosition(line: 1, column: 1)))
      }
      return MirrorSettings(
        pool6: pool6, limits: SessionLimits(globals: file.globals), pool4: file.pool4,
        globals: file.globals)
    } catch {
      throw .file(error)
    }
  }

  /// Reads a mode of a file: an octal number.
  static func mode(_ text: String) throws(ArgumentError) -> UInt16 {
    guard (3...4).contains(text.utf8.count), let mode = UInt16(text, radix: 8), mode <= 0o777 else {
      throw .badValue(text, option: "socket.mode", remedy: "write an octal number of three digits, such as 660.")
    }
    return mode
  }
}
