import Diagnostics
import Glibc
import LinuxSystem
import Stackerfile
import SystemPackage

extension Import {
    /// What of a directory is left out: what its own file says, and then what the import says.
    ///
    /// - Returns: `nil` where everything is taken; also for what is no directory.
    func exclusions(at source: FilePath, limits: Limits) throws -> Exclusions? {
        guard let directory = try directory(at: source) else {
            guard exclude.isEmpty else {
                throw Failure(
                    "it has 'exclude', and is no directory", hint: "leave out the 'exclude' of this import",
                    class: .usage)
            }
            return nil
        }
        guard var exclusions = try Self.file(in: directory, of: source, limits) else {
            return exclude.isEmpty ? nil : Exclusions(exclude)
        }
        exclusions.patterns += exclude
        return exclusions
    }

    /// A symbolic link is imported as one, unless what it leads to is meant.
    private func directory(at source: FilePath) throws(SystemError) -> OwnedDescriptor? {
        do throws(SystemError) {
            return try OwnedDescriptor.open(
                source, O_RDONLY | O_DIRECTORY | O_NONBLOCK | (takesContents ? 0 : O_NOFOLLOW))
        } catch {
            guard [.notDirectory, .tooManySymbolicLinkLevels].contains(error.errno), !takesContents else { throw error }
            return nil
        }
    }

    private static func file(
        in directory: borrowing OwnedDescriptor, of source: FilePath, _ limits: Limits
    ) throws -> Exclusions? {
        let name = Exclusions.fileName
        let shown = ByteString(source.appending(name.description))
        let bytes: [UInt8]
        do throws(SystemError) {
            guard try directory.status(of: name).kind == .regular else {
                throw SystemError("open", name, errno: .isDirectory)
            }
            let file = try OwnedDescriptor.open(
                name, in: directory, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, resolving: .noSymbolicLinks)
            bytes = try file.readToEnd(limit: limits.exclusionFileBytes)
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory: return nil
            case .isDirectory:
                throw Failure("\(shown) is no file", hint: "make it a file of patterns, or rename it", class: .rejected)
            case .fileTooLarge:
                throw Failure(
                    "\(shown) is longer than \(limits.exclusionFileBytes) bytes",
                    hint: "use fewer patterns, with wildcards", class: .limit)
            default: throw error
            }
        }
        do throws(Exclusions.Invalid) {
            return try Exclusions(file: bytes, limits: limits)
        } catch {
            throw Failure(
                "\(shown):\(error.line): \(error.message)", hint: "see EXCLUSIONS in stacker.yaml(5)", class: .rejected)
        }
    }
}

extension Exclusions {
    /// Whether what has this path is left out, whose first name is that of the directory itself.
    var belowFirstName: (_ path: ByteString, _ isDirectory: Bool) -> Bool {
        { path, isDirectory in
            let below = path.bytes.drop { $0 != UInt8(ascii: "/") }.dropFirst()
            return !below.isEmpty && excludes(ByteString(below), isDirectory: isDirectory)
        }
    }
}
