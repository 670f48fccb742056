import ArgumentParser
import Builder
import Diagnostics
import Glibc
import LinuxSystem
import Stackerfile
import SystemPackage

/// The flags of every command that reads a stacker.yaml: what stands for its placeholders.
struct SubstitutionOptions: ParsableArguments {
    static let syntax: [FlagSyntax] = [
        .value("substitute"), .value("substitute-file"), .boolean("substitute-multiline"),
    ]

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Put the value where the stacker file has ${{name}}; may be given several times.", valueName: "name=value"))
    var substitute: [String] = []

    @Option(
        help: ArgumentHelp("Take more such pairs from this YAML map; --substitute comes first.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var substituteFile: String?

    @Flag(help: "Accept values with line breaks, which can add lines to the stacker file.")
    var substituteMultiline = false

    /// The pairs in the order in which they count: of the command line, of the file, of stacker itself.
    func substitutions(_ session: Session) throws(Failure) -> Substitutions {
        var substitutions = Substitutions(allowsLineBreaks: substituteMultiline)
        for pair in substitute { try substitutions.add(ByteString(pair), from: "--substitute") }
        if let substituteFile { substitutions.pairs += try pairs(FilePath(substituteFile)) }
        substitutions.addDirectories([
            ("STACKER_ROOTFS_DIR", ByteString(session.directories.roots)),
            ("STACKER_STACKER_DIR", ByteString(session.directories.stacker)),
            ("STACKER_OCI_DIR", ByteString(session.directories.oci)),
            ("STACKER_WORK_DIR", session.workDirectory.map { ByteString($0) } ?? ""),
        ])
        return substitutions
    }

    private func pairs(_ path: FilePath) throws(Failure) -> [Substitutions.Pair] {
        let limits = Limits()
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try OwnedDescriptor.open(path, O_RDONLY | O_NOCTTY).readToEnd(limit: limits.stackerfileBytes)
        } catch {
            throw error.explanation.wrapped("cannot read the file of --substitute-file")
        }
        do throws(StackerfileErrors) {
            return try SubstituteFile.parse(bytes, file: ByteString(path).description, limits: limits)
        } catch {
            throw error.explanation
        }
    }
}
