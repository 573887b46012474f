internal import SystemPackage

extension ModuleVersion {
  /// The version of the loaded module according to sysfs, or `nil` if no module is loaded or there is no sysfs.
  ///
  /// Reads one small file of sysfs.
  public static func loaded() -> ModuleVersion? {
    guard let file = try? FileDescriptor.open("/sys/module/jool_common/version", .readOnly) else { return nil }
    let text = try? file.closeAfter {
      var bytes = [UInt8](repeating: 0, count: 64)
      let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0) }
      return String(decoding: bytes.prefix(count).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
    return text.flatMap { ModuleVersion($0) }
  }
}
