import Builder
import Diagnostics
import SystemPackage

/// What was said about the three directories, on the command line or in the configuration file.
struct DirectoryChoice: Hashable, Sendable {
    var work: FilePath?
    var stacker: FilePath?
    var oci: FilePath?
    var roots: FilePath?

    /// The directories to use: what was given, else the default name below the work directory, if there is one.
    ///
    /// - Parameter current: The working directory; asked for only where a path is relative.
    /// - Returns: Absolute paths, `..` and symbolic links in them as they were given.
    /// - Throws: What is wrong with a directory, or with two of them together, in the words of the flags.
    func directories(current: () throws(Failure) -> FilePath) throws(Failure) -> Directories {
        let relative = [
            (flag: "--stacker-dir", path: stacker ?? named(".stacker")),
            (flag: "--oci-dir", path: oci ?? named("oci")),
            (flag: "--roots-dir", path: roots ?? named("roots")),
        ]
        let roots = relative[2].path
        guard !ByteString(roots.string).bytes.contains(UInt8(ascii: ":")) else {
            throw Failure("a colon in --roots-dir is forbidden: \(ByteString(roots.string))", class: .usage)
        }
        var absolute: [(flag: String, path: FilePath)] = []
        for (flag, path) in relative {
            absolute.append((flag, path.isAbsolute ? path : try current().pushing(path)))
        }
        try Self.checkApart(absolute)
        return Directories(stacker: absolute[0].path, oci: absolute[1].path, roots: absolute[2].path)
    }

    private func named(_ name: FilePath.Component) -> FilePath { work?.appending(name) ?? FilePath(root: nil, [name]) }

    /// One of them inside another would be swept, packed or removed with it.
    private static func checkApart(_ directories: [(flag: String, path: FilePath)]) throws(Failure) {
        for (flag, path) in directories {
            guard let first = path.lexicallyNormalized().components.first, first != "proc" else {
                throw Failure("\(flag) cannot be \(ByteString(path.string))", class: .usage)
            }
        }
        for (outer, outerPath) in directories {
            for (inner, innerPath) in directories where inner != outer {
                guard !innerPath.lexicallyNormalized().starts(with: outerPath.lexicallyNormalized()) else {
                    throw Failure(
                        "\(inner) is inside \(outer), or the same: \(ByteString(innerPath.string))",
                        hint: "give each of --stacker-dir, --oci-dir and --roots-dir a directory of its own",
                        class: .rejected)
                }
            }
        }
    }
}
