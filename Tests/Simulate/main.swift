import FoundationEssentials
import Glibc
import GroupSimulation

// Simulates groups of proxies and prints violated properties. The exit status is 1 if there are any.

guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
  print(Arguments.usage)
  exit(2)
}
var report = Report(arguments)
let holds: Bool
if let file = arguments.scenario {
  holds = report.run(file: file)
} else if arguments.isKnown {
  holds = report.runKnown()
} else if arguments.isMutants {
  holds = report.runMutants()
} else {
  holds = report.runClimates()
}
exit(holds ? 0 : 1)
