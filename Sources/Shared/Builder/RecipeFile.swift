import Diagnostics
import Glibc
import LinuxSystem
import Stackerfile
import SystemPackage

/// Reading a stacker.yaml, from a file or from standard input.
enum RecipeFile {
    static func read(_ request: BuildRequest) throws(Failure) -> Recipe {
        let name = ByteString(request.stackerFile).description
        let bytes = try bytes(of: request.stackerFile, limits: request.limits)
        do {
            let recipe = try StackerfileParser.parse(
                bytes, file: name, substitutions: request.substitutions, limits: request.limits,
                requiringHashes: request.requiresHashes)
            for use in recipe.substitutionUses { request.log.debug("\(use)") }
            for warning in recipe.warnings { request.log.warning(warning.render(color: false)) }
            return recipe
        } catch {
            throw error.explanation
        }
    }

    private static func bytes(of path: FilePath, limits: Limits) throws(Failure) -> [UInt8] {
        do throws(SystemError) {
            let file =
                path == "-"
                ? try OwnedDescriptor.standardInput() : try OwnedDescriptor.open(path)
            return try file.readToEnd(limit: limits.stackerfileBytes)
        } catch {
            var failure = error.explanation.wrapped("cannot read the stacker file")
            switch error.errno {
            case .noSuchFileOrDirectory: failure.hint = "name another file with --stacker-file"
            case .fileTooLarge:
                failure.errorClass = .limit
                failure.hint = "a stacker file has at most \(limits.stackerfileBytes) bytes"
            default: break
            }
            throw failure
        }
    }
}
