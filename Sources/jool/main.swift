import Glibc
import JoolCommands

exit(Int32(JoolProgram.main(CommandLine.arguments).rawValue))
