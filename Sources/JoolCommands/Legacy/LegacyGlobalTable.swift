import JoolCore

/// Prints the variables as `jool --global` of 3.5 did: in groups, each with the option that changes it.
struct LegacyGlobalTable {
  var settings: [GlobalSetting]
  var translator: TranslatorType
  var options: TableOptions

  /// The groups of variables, each with its heading and keys.
  private static let groups: [TranslatorType: [(heading: String?, keys: [GlobalKey])]] = [
    .nat64: [
      (
        nil,
        general + [.maximumSimultaneousOpens, .sourceICMPv6ErrorsBetter, .handleRSTDuringFINRCV, .fArgs]
      ),
      ("Additional Logging", [.loggingBIB, .loggingSession]),
      ("Filtering", [.addressDependentFiltering, .dropICMPv6Info, .dropExternallyInitiatedTCP]),
      ("Timeouts", [.udpTimeout, .tcpEstTimeout, .tcpTransTimeout, .icmpTimeout]),
      ("Synchronization", [.ssEnabled, .ssFlushASAP, .ssFlushDeadline, .ssCapacity, .ssMaxPayload]),
    ],
    .siit: [
      (
        nil,
        general + [
          .amendUDPChecksumZero, .eamHairpinMode, .randomizeRFC6791Addresses, .rfc6791v6Prefix,
        ]
      )
    ],
  ]

  private static let general: [GlobalKey] = [.zeroizeTrafficClass, .overrideTOS, .tos, .mtuPlateaus]

  private var isEnabled: Bool { settings.boolean(.manuallyEnabled) == true }

  func write(to output: OutputSink) {
    let groups = Self.groups[translator] ?? []
    if options.csv {
      if !options.noHeaders { output.print("Field,Value") }
      output.print("Status,\(isEnabled ? "Enabled" : "Disabled")")
      output.print("Manually enabled,\(isEnabled ? "TRUE" : "FALSE")")
      for setting in groups.flatMap({ chosen($0.keys) }) { output.print(Self.csv(setting)) }
      return
    }
    output.print("\n  Status: \(isEnabled ? "Enabled" : "Disabled")")
    output.print("  Manually enabled (--enable, --disable): \(Self.onOff(isEnabled))\n")
    for (index, group) in groups.enumerated() {
      if index > 0 { output.print("") }
      if let heading = group.heading { output.print("  \(heading):") }
      let indent = group.heading == nil ? "  " : "    "
      for setting in chosen(group.keys) { output.print("\(indent)--\(setting.key.name): \(Self.console(setting))") }
    }
    if translator == .siit { output.print("") }
  }

  private func chosen(_ keys: [GlobalKey]) -> [GlobalSetting] {
    keys.compactMap { key in settings.first { $0.key == key } }
  }

  private static func onOff(_ value: Bool) -> String { value ? "ON" : "OFF" }

  private static func console(_ setting: GlobalSetting) -> String {
    switch setting.value {
    case .boolean(let value): return onOff(value)
    case .timeout(let time): return LegacyTimes.friendly(milliseconds: time.rawValue)
    case .unsigned(let value) where setting.key.type == .fArguments:
      let bits = [3, 2, 1, 0].map { value >> $0 & 1 }
      let names = zip(["SrcAddr", "SrcPort", "DstAddr", "DstPort"], bits).map { "\($0):\(onOff($1 == 1))" }
      return "\(value) (0b\(bits.map { String($0) }.joined()))\n    \(names.joined(separator: "  "))"
    case .unsigned(let value) where setting.key.type == .hairpinMode:
      return "\(value) (\(GlobalPrinter.hairpinMode(value)))"
    case .unsigned(let value) where setting.key == .tos: return "\(value) (0x\(String(value, radix: 16)))"
    case .unsigned(let value) where setting.key == .ssFlushDeadline:
      return LegacyTimes.friendly(milliseconds: value)
    case .plateaus(let list): return list.map { String($0) }.joined(separator: ",")
    case .prefix6(nil), .prefix4(nil): return "(not set)"
    default: return GlobalPrinter.csv(setting)
    }
  }

  private static func csv(_ setting: GlobalSetting) -> String {
    switch (setting.key, setting.value) {
    case (.ssEnabled, .boolean(let value)): "joold Enabled,\(value ? "TRUE" : "FALSE")"
    case (.handleRSTDuringFINRCV, .boolean(let value)): "\(setting.key.name),\(value ? 1 : 0)"
    case (let key, .timeout(let time)): "\(key.name),\(LegacyTimes.csv(milliseconds: time.rawValue))"
    case (let key, _): "\(key.name),\(GlobalPrinter.csv(setting))"
    }
  }
}
