import JoolCore
import Testing

@testable import JoolSession

@Suite struct KeyRingTests {
  private let key = String(repeating: "0123456789abcdef", count: 4)

  @Test func readsKeysByNumberAndSealsWithTheFirst() throws {
    let ring = try KeyRing(parsing: "# keys\n7 \(key)\n\n  3\t\(key.uppercased())  # old\r\n", name: "keys")
    #expect(ring.sealingID == 7)
    #expect(ring[7]?.count == KeyRing.keySize)
    #expect(ring[3] == ring[7])
    #expect(ring[1] == nil)
  }

  @Test func reportsInvalidLines() {
    func failure(_ text: String) -> KeyRingError? {
      do throws(KeyRingError) { _ = try KeyRing(parsing: text, name: "keys") } catch { return error }
      return nil
    }
    for line in ["1", "x \(key)", "0 \(key)", "1 \(key.dropLast())", "1 \(key)0", "1 \(key) 2", "1 \(key.dropLast())g"]
    {
      #expect(failure("# first\n\(line)") == .badLine(file: "keys", line: 2), "\(line)")
    }
    #expect(failure("") == .noKeys(file: "keys"))
    #expect(failure("1 \(key)\n1 \(key)") == .sameNumber(file: "keys", line: 2, 1))
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
