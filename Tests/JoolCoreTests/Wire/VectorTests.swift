import Foundation
import TestSupport
import Testing

@testable import JoolCommands
@testable import JoolCore

/// Tests with every recorded message of the real modules.
///
/// The expected values are those of an independent decoder.
@Suite struct VectorTests {
  @Test(arguments: Vector.versions) func decodesEveryMessageToItsValues(version: String) throws {
    var refused: [String] = []
    var different: [String] = []
    for vector in try Vector.all(of: version) {
      var decoder = VectorDecoder(vector: vector)
      for (index, message) in vector.messages.enumerated() {
        let raw = bytes(hex: message.hex)
        do throws(WireFormatError) {
          let ours = try decoder.decode(raw, dir: message.dir).text
          // The module ignores the generic netlink version of requests, and so does JoolCore.
          if Self.encodedDifferently.contains(vector.name) || raw.count > 17 && raw[17] == 9 { continue }
          if ours != vector.decoded[index] { different.append("\(vector)#\(index)") }
        } catch {
          refused.append("\(vector.name)#\(index): \(error)")
        }
      }
    }
    #expect(different == [])
    // Only the messages that were written by hand to provoke errors are refused, each for its own reason.
    if ProcessInfo.processInfo.environment["JOOL_TEST_RECORD"] == "1" {
      try ExpectedRefusals.record(refused, of: version)
    }
    #expect(refused == (try ExpectedRefusals.lines(of: version)))
  }

  @Test(arguments: Vector.versions) func encodesEveryRequestToTheSameBytes(version: String) throws {
    var encoded = 0
    for vector in try Vector.all(of: version) {
      for message in vector.messages where message.dir == "to-kernel" {
        let raw = bytes(hex: message.hex)
        var reader = NetlinkMessageReader(raw.span.bytes)
        guard let netlink = try reader.next() else { continue }
        let header = netlink.header
        if header.type == GenericFamily.controller {
          #expect(GenericFamily.request(name: "Jool", sequence: header.sequence, port: header.port) == raw)
        } else if let request = try? Request(decoding: netlink.payload),
          header.flags == NetlinkHeader.requestFlag, raw[17] == 1, !Self.encodedDifferently.contains(vector.name)
        {
          #expect(
            try request.message(family: header.type, sequence: header.sequence, port: header.port) == raw, "\(vector)")
        } else {
          continue
        }
        encoded += 1
      }
    }
    #expect(encoded > 300)
  }

  /// Requests whose bytes differ although they mean the same: a boolean of 2, a pool4 entry without optional members.
  private static let encodedDifferently: Set = ["pos-global-update-bool-2", "neg-siit-file-pool4"]

  @Test(arguments: Vector.versions) func reencodesEverySynchronizedSession(version: String) throws {
    let pool6 = try #require(Vector.pool6)
    let format = RecordLayout(module: try #require(ModuleVersion(version)))
    var sessions = 0
    for vector in try Vector.all(of: version) where vector.name.hasPrefix("sync-") {
      for message in vector.messages where message.dir == "udp" {
        let raw = bytes(hex: message.hex)
        let datagram = try SyncDatagram(decoding: raw.span.bytes, pool6: pool6)
        #expect(format.encode(datagram.sessions) == raw, "\(vector)")
        sessions += datagram.sessions.count
      }
    }
    #expect(sessions > 10)
  }

  @Test(arguments: Vector.versions) func refusesEveryTruncation(version: String) throws {
    var accepted: [String] = []
    var seen: Set<Sample> = []
    for vector in try Vector.all(of: version) {
      var decoder = VectorDecoder(vector: vector)
      for message in vector.messages {
        let raw = bytes(hex: message.hex)
        guard Thoroughness.isFull || seen.insert(Sample(dir: message.dir, shape: raw)).inserted else { continue }
        for length in Thoroughness.offsets(of: raw) {
          // A sequence of records may end after any of them.
          if message.dir == "udp", length > 0, length % Int(raw[0]) == 0 { continue }
          do {
            _ = try decoder.decode(Array(raw[..<length]), dir: message.dir)
            accepted.append("\(vector), \(length) of \(raw.count) bytes")
          } catch {}
        }
      }
    }
    #expect(accepted == [])
  }

  /// A flipped bit yields another message or a typed error, never a trap. (All errors are typed.)
  @Test(arguments: Vector.versions) func toleratesEveryBitFlip(version: String) throws {
    var seen: Set<Sample> = []
    var errors = 0
    for vector in try Vector.all(of: version) {
      var decoder = VectorDecoder(vector: vector)
      for message in vector.messages {
        var raw = bytes(hex: message.hex)
        guard seen.insert(Sample(dir: message.dir, shape: raw)).inserted else { continue }
        for index in Thoroughness.offsets(of: raw) {
          for bit in 0..<8 {
            raw[index] ^= 1 << bit
            do { _ = try decoder.decode(raw, dir: message.dir) } catch { errors += 1 }
            raw[index] ^= 1 << bit
          }
        }
      }
    }
    #expect(errors > 1000)
  }
}

/// The tested offsets.
///
/// With `JOOL_TEST_THOROUGH=1` (CI), these are all bytes of all vectors, which takes a minute and a half. Otherwise
/// long messages, whose records repeat, are tested at the beginning and at some of the rest.
private enum Thoroughness {
  static let isFull = ProcessInfo.processInfo.environment["JOOL_TEST_THOROUGH"] == "1"

  static func offsets(of raw: [UInt8]) -> [Int] {
    isFull ? Array(raw.indices) : raw.indices.filter { $0 < 200 || $0 % 61 == 0 }
  }
}

/// The properties that determine a decoder's path through a message: direction, operation, flags and size.
private struct Sample: Hashable {
  let dir: String
  let size: Int
  let operation: [UInt8]

  init(dir: String, shape raw: [UInt8]) {
    self.dir = dir
    size = raw.count
    operation = dir == "udp" || raw.count < 30 ? [] : [raw[16], raw[29]]
  }
}
