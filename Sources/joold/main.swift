import Glibc
import JoolCommands

exit(Int32(JooldProgram.main(CommandLine.arguments).rawValue))
