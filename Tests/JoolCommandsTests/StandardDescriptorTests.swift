import Testing

@testable import JoolCommands

/// Tests that a shell runs the built programs with closed or failing standard streams.
@Suite struct StandardDescriptorTests {
  /// A closed standard stream must be /dev/null before the program opens anything else.
  ///
  /// - Parameter closed: A bit for each closed descriptor of 0, 1 and 2.
  @Test(arguments: 0..<8) func replacesClosedDescriptorsWithDevNull(closed: Int) {
    let closing = (0...2).filter { closed >> $0 & 1 == 1 }.map { "\($0)>&-" }.joined(separator: " ")
    let areReserved = (0...2).filter { closed >> $0 & 1 == 1 }
      .map { "&& [ \"$(readlink /proc/$pid/fd/\($0))\" = /dev/null ]" }.joined(separator: " ")
    // The first program waits for a debugger, the second for a file.
    for program in ["jool bib display --HANG=9", "joold netsocket.json pipe"] {
      let output = Shell.output(
        of:
          """
          mkfifo pipe
          for name in jool joold; do ln -s \(Shell.quoted(Shell.products))/jool $name; done
          ./\(program) </dev/zero \(closing) 2>/dev/zero \(closed & 4 == 0 ? "" : "2>&-") & pid=$!
          for try in $(seq 100); do
            # Earlier the process is the shell, or the loader, which opens libraries at the lowest free descriptor.
            [ "$(cat /proc/$pid/comm)" = \(program.prefix { $0 != " " }) ] \(areReserved) && break
            sleep 0.05
          done
          for fd in 0 1 2; do readlink /proc/$pid/fd/$fd || echo none; done
          kill $pid
          """)
      let files = output.split(separator: "\n")
      for descriptor in 0...2 {
        let isClosed = closed >> descriptor & 1 == 1
        #expect(files.count == 3 && (files[descriptor] == "/dev/null") == isClosed, "\(program) \(closing): \(output)")
      }
    }
  }

  @Test func failsIfOutputCannotBeWritten() {
    let keygen = "\(Shell.products)/jool session proxy keygen"
    #expect(Shell.output(of: "\(keygen) >&-; echo $?") == "Error: Could not write the output: Bad file descriptor\n9\n")
    #expect(
      Shell.output(of: "\(keygen) >/dev/full; echo $?")
        == "Error: Could not write the output: No space left on device\n28\n")
    #expect(Shell.output(of: "\(keygen) >&- 2>&-; echo $?") == "9\n")
    #expect(Shell.output(of: "\(keygen) <&- | wc -l") == "1\n")
    // Whoever runs the tests may ignore SIGPIPE, and a shell cannot take that back.
    let piped = "env --default-signal=PIPE \(keygen)"
    #expect(Shell.output(of: "{ sleep 0.3; \(piped); echo $? >&2; } | true") == "141\n")
  }
}
