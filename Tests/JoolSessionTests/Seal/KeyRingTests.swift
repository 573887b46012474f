import JoolCore
import Testing

@testable import JoolSession

@Suite struct KeyRingTests {
  private let key = String(repeating: "0123456789abcdef", count: 4)

  @Test func readsKeysByNumberAndSealsWithTheFirst() throws {
    let ring = try KeyRing(parsing: "# keys\n7 \(key)\n\n  3\t\(key.uppercased())  # old\r\n", name: "keys")
    #expect(ring.sealingID == 7)
    #expect(ring[7] != nil)
    #expect(ring[3] == ring[7])
    #expect(ring[1] == nil)
    let other = try KeyRing(parsing: "7 \(key.dropLast())0", name: "keys")
    #expect(other[7] != ring[7])
  }

  private func failure(_ text: String) -> KeyRingError? {
    do throws(KeyRingError) { _ = try KeyRing(parsing: text, name: "keys") } catch { return error }
    return nil
  }

  @Test func reportsInvalidLines() {
    let faults: [(String, KeyRingError.Fault)] = [
      ("1", .notTwoWords(1)), ("1 \(key) 2", .notTwoWords(3)), ("x \(key)", .badNumber), ("0 \(key)", .badNumber),
      ("4294967296 \(key)", .badNumber), ("\(key) 1", .badNumber), ("1 \(key.dropLast())", .badLength(63)),
      ("1 \(key)0", .badLength(65)), ("1 \(key.dropLast())g", .badDigit(position: 64)),
      ("1 é\(key)", .badDigit(position: 1)), ("1 １\(key.dropFirst())", .badDigit(position: 1)),
    ]
    for (line, fault) in faults {
      #expect(failure("# first\n\(line)") == .badLine(file: "keys", line: 2, fault), "\(line)")
    }
    #expect(failure("") == .noKeys(file: "keys"))
    #expect(failure("1 \(key)\n1 \(key)") == .sameNumber(file: "keys", line: 2, 1))
  }

  @Test func anErrorNamesFileLineAndFault() throws {
    let error = try #require(failure("# first\n1 \(key.dropLast())"))
    #expect(error.description.hasPrefix("keys:2: The key has 63 digits. "))
  }

  @Test func readsFilesOfWindowsEditors() throws {
    let ring = try KeyRing(parsing: "1 \(key) # a\r\n2 \(key)\r\n", name: "keys")
    #expect(ring[2] != nil)
  }

  @Test func createsLinesThatItCanRead() throws {
    let (one, other) = (KeyRing.newLine(id: 5), KeyRing.newLine(id: 5))
    #expect(one != other)
    #expect(try KeyRing(parsing: one, name: "keys").sealingID == 5)
  }
}
