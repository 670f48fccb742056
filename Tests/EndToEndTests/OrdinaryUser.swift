import Diagnostics
import Glibc
import SystemPackage
import TestSupport
import Testing

/// The ordinary user as whom root starts programs, to compare what both make of the same project.
enum OrdinaryUser {
    static let name = "stacker-test"

    /// Makes the project theirs.
    static func own(_ project: Project) throws {
        let path = ByteString(project.path.string)
        try #require(try project.run("/bin/chown", "-R", ByteString("\(name):"), path).exitCode == 0)
    }

    /// Runs a program in the project, with all groups of the user and no privilege.
    static func run(
        _ program: FilePath, _ arguments: [ByteString], in project: Project, environment: [ByteString] = []
    ) throws -> Program {
        let identity = ["--reuid=\(name)", "--regid=\(name)", "--init-groups", "--inh-caps=-all"]
        return try Program.run(
            "/usr/bin/setpriv", identity.map { ByteString($0) } + [ByteString(program.string)] + arguments,
            environment: Program.defaultEnvironment + environment, currentDirectory: project.path,
            timeLimit: .seconds(400))
    }
}

extension Trait where Self == ConditionTrait {
    static var requiresOrdinaryUser: Self {
        .enabled("needs the user stacker-test, whom `make test` makes") { getpwnam(OrdinaryUser.name) != nil }
    }
}
