import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// The bytes of a stacker.yaml, and which file they are of.
struct RecipeText {
    let bytes: [UInt8]
    /// The same for every way that leads to the file.
    let identity: ByteString

    /// Reads a file that the user names, which may also be a pipe.
    static func read(_ source: RecipeSource, limit: Int) throws(SystemError) -> RecipeText {
        switch source.origin {
        case .standardInput:
            return RecipeText(bytes: try OwnedDescriptor.standardInput().readToEnd(limit: limit), identity: "-")
        case .file(let path):
            let file = try OwnedDescriptor.open(path)
            return RecipeText(bytes: try file.readToEnd(limit: limit), identity: try file.hostPath())
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
