import Diagnostics
import Glibc
import Sandbox

exit(HelperProgram.run(arguments: CommandLine.arguments).rawValue)
