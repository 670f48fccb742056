public import Diagnostics
public import HTTP
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
        case remote(HTTPURL)
    }

    /// A file, which may be reached through links; relative paths in it start where it is named.
    public static func file(_ path: FilePath) -> RecipeSource {
        RecipeSource(origin: .file(path), directory: path.removingLastComponent())
    }

    /// Standard input, read to its end; relative paths start from `directory`.
    public static func standardInput(in directory: FilePath) -> RecipeSource {
        RecipeSource(origin: .standardInput, directory: directory)
    }

    /// What is behind a URL with http or https; relative paths start from `directory`.
    ///
    /// - Throws: What is wrong with the URL.
    public static func remote(_ url: String, in directory: FilePath) throws(Failure) -> RecipeSource {
        do throws(Failure) {
            return RecipeSource(origin: .remote(try HTTPURL(url)), directory: directory)
        } catch {
            throw error.wrapped("stackerfile: couldn't download it")
        }
    }

    /// Whether text names such a file.
    public static func isRemote(_ text: String) -> Bool { HTTPURL.isMeant(by: text) }

    /// As messages name it.
    public var name: ByteString {
        switch origin {
        case .file(let path): ByteString(path)
        case .standardInput: "-"
        case .remote(let url): ByteString(url.description)
        }
    }
}
