import Glibc
import JoolCommands

exit(Int32(Program.main(CommandLine.arguments).rawValue))
