import Diagnostics
import Glibc
import HTTP
import LinuxSystem
import SystemPackage

/// The bytes of a stacker.yaml, and which file they are of.
struct RecipeText {
    let bytes: [UInt8]
    /// The same for every way that leads to the file.
    let identity: ByteString

    /// Reads a file that the user names, which may also be a pipe.
    static func read(_ source: RecipeSource, _ limits: Limits) throws(Failure) -> RecipeText {
        if case .remote(let url) = source.origin { return try download(url, limits) }
        do throws(SystemError) {
            return try readLocal(source, limit: limits.stackerfileBytes)
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

    private static func readLocal(_ source: RecipeSource, limit: Int) throws(SystemError) -> RecipeText {
        guard case .file(let path) = source.origin else {
            return RecipeText(bytes: try OwnedDescriptor.standardInput().readToEnd(limit: limit), identity: "-")
        }
        let file = try OwnedDescriptor.open(path)
        return RecipeText(bytes: try file.readToEnd(limit: limit), identity: try file.hostPath())
    }

    private static func download(_ url: HTTPURL, _ limits: Limits) throws(Failure) -> RecipeText {
        do throws(Failure) {
            let bytes = try HTTPClient(limits: limits).get(url, limit: limits.stackerfileBytes)
            return RecipeText(bytes: bytes, identity: ByteString(url.description))
        } catch {
            throw error.wrapped("stackerfile: couldn't download \(url)")
        }
    }

    /// Reads a file that another file names, unless it is known already; a pipe, which might never end, is refused.
    ///
    /// - Returns: The bytes, `nil` for a known file.
    static func read(
        prerequisite path: FilePath, limit: Int, unless isKnown: (ByteString) -> Bool
    ) throws(SystemError) -> (identity: ByteString, text: RecipeText?) {
        let file = try OwnedDescriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        let identity = try file.hostPath()
        if isKnown(identity) { return (identity, nil) }
        switch try file.status().kind {
        case .regular: break
        case .directory: throw SystemError("read", ByteString(path), errno: .isDirectory)
        default: throw SystemError("read", ByteString(path), errno: .invalidArgument)
        }
        return (identity, RecipeText(bytes: try file.readToEnd(limit: limit), identity: identity))
    }
}
