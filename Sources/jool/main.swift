import Glibc
import JoolCommands

exit(Int32(Program.main().rawValue))
