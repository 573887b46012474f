/// One counter of the module.
///
/// Its number has a meaning only together with the module's version.
public struct Statistic: Hashable, Sendable {
  /// The kernel's number of the counter.
  public let id: UInt16
  /// The kernel's name, for example `JSTAT_RECEIVED6`, or `nil` if the given release has no such counter.
  public let name: String?
  /// The counter's value.
  public let value: UInt64

  /// Creates a counter.
  /// - Parameters:
  ///   - id: The kernel's number of the counter.
  ///   - value: The counter's value.
  ///   - names: The names of the module's release in the order of their numbers, from `names(of:)`.
  public init(id: UInt16, value: UInt64, names: [String]) {
    self.id = id
    let index = Int(id) - 1
    self.name = names.indices.contains(index) ? names[index] : nil
    self.value = value
  }

  /// The names of a release's counters in the order of their numbers, which start at 1.
  public static func names(of module: ModuleVersion) -> [String] {
    table.filter { $0.since <= module && module <= $0.until }.map(\.name)
  }

  private struct Row {
    let name: String
    let since: ModuleVersion
    let until: ModuleVersion
  }

  /// All counters of all 4.1 releases in the order of their numbers.
  ///
  /// A release numbers the counters that it has without gaps. A version after a name bounds the releases that have the
  /// counter: `<` up to and including it, `>` from it on, `=` it alone.
  private static let table: [Row] = {
    let always = """
      RECEIVED6 RECEIVED4 SUCCESS BIB_ENTRIES SESSIONS ENOMEM XLATOR_DISABLED POOL6_UNSET SKB_SHARED L3HDR_OFFSET \
      SKB_TRUNCATED FRAGMENTED_PING<4.1.7 HDR6 HDR4 UNKNOWN_L4_PROTO UNKNOWN_ICMP6_TYPE UNKNOWN_ICMP4_TYPE \
      DOUBLE_ICMP6_ERROR DOUBLE_ICMP4_ERROR UNKNOWN_PROTO_INNER HAIRPIN_LOOP POOL6_MISMATCH POOL4_MISMATCH \
      ICMP6_FILTER UNTRANSLATABLE_DST6 UNTRANSLATABLE_DST4 6056_F MASK_DOMAIN_NOT_FOUND BIB6_NOT_FOUND \
      BIB4_NOT_FOUND SESSION_NOT_FOUND ADF V4_SYN SYN6_EXPECTED SYN4_EXPECTED TYPE1PKT TYPE2PKT SO_EXISTS SO_FULL \
      64_SRC 64_DST 64_PSKB_COPY 64_6791_ENOENT 64_ICMP_CSUM 64_UNTRANSLATABLE_PARAM_PROB_PTR 64_TTL \
      64_FRAGMENTED_ICMP>4.1.8 64_2XFRAG>4.1.8 64_FRAG_THEN_EXT 64_SEGMENTS_LEFT 46_SRC 46_DST 46_PSKB_COPY \
      46_6791_ENOENT 46_ICMP_CSUM 46_UNTRANSLATABLE_PARAM_PROBLEM_PTR 46_TTL 46_FRAGMENTED_ICMP>4.1.8 46_SRC_ROUTE \
      46_FRAGMENTED_ZERO_CSUM 46_BAD_MTU FAILED_ROUTES PKT_TOO_BIG DST_OUTPUT ICMP6ERR_SUCCESS ICMP6ERR_FAILURE \
      ICMP4ERR_SUCCESS ICMP4ERR_FAILURE ICMPEXT_SMALL<4.1.8 ICMPEXT_BIG JOOLD_EMPTY>4.1.12 JOOLD_TIMEOUT>4.1.12 \
      JOOLD_MISSING_ACK>4.1.12 JOOLD_AD_ONGOING>4.1.12 JOOLD_FLUSH_ASAP=4.1.12 JOOLD_PKT_FULL>4.1.12 \
      JOOLD_QUEUING>4.1.12 JOOLD_SSS_QUEUED>4.1.12 JOOLD_SSS_SENT>4.1.12 JOOLD_SSS_RCVD>4.1.12 \
      JOOLD_SSS_ENOSPC>4.1.12 JOOLD_PKT_SENT>4.1.12 JOOLD_PKT_RCVD>4.1.12 JOOLD_ADS>4.1.12 JOOLD_ACKS>4.1.12 UNKNOWN
      """
    return always.split(separator: " ").map { word in
      let parts = word.split(maxSplits: 1) { "<>=".contains($0) }
      let bound = parts.count == 2 ? ModuleVersion(String(parts[1])) : nil
      // The kernel's names: JSTAT_RECEIVED6, but JSTAT64_SRC.
      let name = "JSTAT" + (word.hasPrefix("64_") || word.hasPrefix("46_") ? "" : "_") + parts[0]
      return Row(
        name: name,
        since: bound.flatMap { word.contains("<") ? nil : $0 } ?? ModuleVersion(0, 0, 0),
        until: bound.flatMap { word.contains(">") ? nil : ModuleVersion($0.major, $0.minor, $0.revision, .max) }
          ?? ModuleVersion(.max, .max, .max, .max))
    }
  }()
}
