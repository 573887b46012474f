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

  /// The seconds that may be between two snapshots.
  static let intervals: ClosedRange<UInt32> = 1...86_400

  /// The options of the mirror, with the settings that the file contains now.
  ///
  /// - Throws: a `CommandFailure` if the file has a mistake, or no pool6.
  var configuration: ProxyConfiguration.Mirror {
    get throws(CommandFailure) {
      ProxyConfiguration.Mirror(
        settings: try nat64Settings(), state: state,
        interval: interval.map { .seconds(Int($0)) } ?? ProxyConfiguration.Mirror.defaultInterval)
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
      return MirrorSettings(pool6: pool6, limits: SessionLimits(globals: file.globals), pool4: file.pool4)
    } catch {
      throw .file(error)
    }
  }
}
