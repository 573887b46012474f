import Logging
import SystemPackage
print("x", Errno.noMemory, Logger(label:"x").logLevel)
