import ArgumentParser
import Diagnostics
import Dockerfile
import Glibc
import LinuxSystem
import OCI
import Stackerfile
import SystemPackage

struct Convert: SessionCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Make a stacker.yaml from a Dockerfile.",
        usage: "stacker convert [<option> ...]",
        discussion: """
            Files to copy are looked for beside the stacker.yaml. What has no equivalent is an error that names its line; \
            files that exist are not replaced.
            """)

    static let syntax: [FlagSyntax] = [
        .value("docker-file", "i"), .value("output-file", "o"), .value("substitute-file", "s"),
    ]

    @Option(
        name: [.long, .customShort("i")],
        help: ArgumentHelp("Convert this file; - reads standard input.", valueName: "file"), completion: .file())
    var dockerFile = "Dockerfile"

    @Option(
        name: [.long, .customShort("o")], help: ArgumentHelp("Write the stacker.yaml here.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var outputFile = "stacker.yaml"

    @Option(
        name: [.long, .customShort("s")],
        help: ArgumentHelp("Write values for substitutions here, where there are any.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var substituteFile = "stacker-subs.yaml"

    @OptionGroup(title: "Global Options") var global: GlobalOptions

    func run(in session: Session) async throws {
        let output = try session.absolute(outputFile)
        let conversion = try conversion(beside: output)
        for warning in conversion.warnings { session.log.warning(session.diagnosticFormat.render(warning)) }
        var files = [(output, conversion.stackerfile)]
        if let substitutions = conversion.substitutions {
            files.append((try session.absolute(substituteFile), substitutions))
        }
        try attempt("conversion failed") { try NewFiles.write(files) }
        let second = files.count > 1 ? " and \(ByteString(substituteFile))" : ""
        session.log.info("wrote \(ByteString(outputFile))\(second)")
    }

    private func conversion(beside output: FilePath) throws(Failure) -> DockerfileConversion {
        let bytes = try attempt("conversion failed") { try Self.read(dockerFile) }
        let directory = try attempt("conversion failed") {
            try OwnedDescriptor.open(directory: output.removingLastComponent())
        }
        do throws(StackerfileErrors) {
            return try DockerfileConversion(
                bytes, file: dockerFile == "-" ? "-" : dockerFile, tree: DirectoryTree(directory),
                architecture: Platform.host.architecture, substitutionsName: substituteFile)
        } catch {
            var failure = error.explanation
            failure.summary = "conversion failed\n" + failure.summary
            throw failure
        }
    }

    private static func read(_ name: String) throws(Failure) -> [UInt8] {
        let limit = Limits().stackerfileBytes
        do throws(SystemError) {
            let file =
                name == "-" ? try OwnedDescriptor.standardInput() : try OwnedDescriptor.open(FilePath(name))
            return try file.readToEnd(limit: limit)
        } catch {
            var failure = error.explanation.wrapped("cannot read the Dockerfile")
            if error.errno == .noSuchFileOrDirectory { failure.hint = "name another file with --docker-file" }
            if error.errno == .fileTooLarge { failure.errorClass = .limit }
            throw failure
        }
    }
}
