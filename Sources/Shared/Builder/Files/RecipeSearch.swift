public import Diagnostics
import LinuxSystem
public import SystemPackage

/// Looks for stacker files below a directory.
public struct RecipeSearch {
    private let root: FilePath
    private let shown: FilePath
    private let pattern: PathPattern
    private let patternText: String
    private let leftOut: Set<FileStatus.Identity>
    private let limits: Limits

    /// What is looked for where nothing else is said.
    public static let defaultPattern = #"\/stacker.yaml$"#

    /// A search below `root`, which is absolute, for paths in which `pattern` is found anywhere.
    ///
    /// The paths begin with `shown`, the name that the user gave the root. `directories` are those of stacker itself,
    /// whose root file systems may hold anything: they are passed over.
    ///
    /// - Throws: What is wrong with the pattern.
    public init(
        below root: FilePath, shown: FilePath, pattern: String, directories: Directories, limits: Limits = Limits()
    ) throws(Failure) {
        guard pattern.utf8.count <= PathPattern.longest else {
            throw Failure(
                "the --stacker-file-pattern is longer than \(PathPattern.longest) bytes", class: .limit)
        }
        do {
            self.pattern = try PathPattern(pattern)
        } catch {
            throw Failure(
                "invalid --stacker-file-pattern \"\(ByteString(pattern))\"", causes: ["\(ByteString("\(error)"))"],
                hint: "give a regular expression, such as \(Self.defaultPattern)", class: .usage)
        }
        (self.root, self.shown, patternText, self.limits) = (root, shown, pattern, limits)
        leftOut = directories.identities
    }

    /// The files whose paths match, in the order of their names; links to directories are not followed.
    ///
    /// - Throws: Why a directory cannot be looked into, or that nothing matches.
    public func sources() throws(Failure) -> [RecipeSource] {
        var found: [RecipeSource] = []
        var pending = [Place(path: FilePath(root: nil, []), isDirectory: true)]
        var seen = 0
        while let place = pending.popLast() {
            guard place.isDirectory else {
                if pattern.isFound(in: shown.pushing(place.path).string) {
                    found.append(.file(root.pushing(place.path)))
                }
                continue
            }
            let inside = try look(into: place.path)
            seen += inside.count
            guard seen <= limits.searchedFiles else {
                throw Failure(
                    "there are more than \(limits.searchedFiles) files below \(ByteString(shown))",
                    hint: "name a smaller directory with --search-dir", class: .limit)
            }
            pending += inside.reversed()
        }
        guard !found.isEmpty else {
            throw Failure(
                "no file below \(ByteString(shown)) matches \"\(ByteString(patternText))\"",
                hint: "name another directory with --search-dir, or other files with --stacker-file-pattern",
                class: .usage)
        }
        return found
    }

    /// Something below the root, by its path from there.
    private struct Place {
        let path: FilePath
        let isDirectory: Bool
    }

    private func look(into path: FilePath) throws(Failure) -> [Place] {
        do throws(SystemError) {
            let directory = try OwnedDescriptor.open(directory: root.pushing(path))
            var places: [Place] = []
            for name in try directory.names().sorted() {
                let status: FileStatus
                do throws(SystemError) {
                    status = try directory.status(of: name)
                } catch  where error.errno == .noSuchFileOrDirectory {
                    continue  // Gone in the meantime.
                }
                let isDirectory = status.kind == .directory
                guard let name = FilePath(name), !(isDirectory && leftOut.contains(status.identity)) else { continue }
                places.append(Place(path: path.pushing(name), isDirectory: isDirectory))
            }
            return places
        } catch {
            var failure = error.explanation.wrapped("cannot look for stacker files below \(ByteString(shown))")
            if path.isEmpty, [.noSuchFileOrDirectory, .notDirectory].contains(error.errno) {
                failure.hint = "name another directory with --search-dir"
            }
            throw failure
        }
    }
}
