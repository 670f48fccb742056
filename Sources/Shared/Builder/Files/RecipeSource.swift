public import Diagnostics
import LinuxSystem
public import SystemPackage

/// Where a stacker.yaml is read from.
public struct RecipeSource: Hashable, Sendable {
    public var origin: Origin
    /// Where relative paths of the file start; absolute.
    public var directory: FilePath

    public enum Origin: Hashable, Sendable {
        /// Absolute.
        case file(FilePath)
        case standardInput
    }

    /// A file, which may be reached through links; relative paths in it start where it is named.
    public static func file(_ path: FilePath) -> RecipeSource {
        RecipeSource(origin: .file(path), directory: path.removingLastComponent())
    }

    /// Standard input, read to its end; relative paths start from `directory`.
    public static func standardInput(in directory: FilePath) -> RecipeSource {
        RecipeSource(origin: .standardInput, directory: directory)
    }

    /// As messages name it.
    public var name: ByteString {
        switch origin {
        case .file(let path): ByteString(path)
        case .standardInput: "-"
        }
    }
}
