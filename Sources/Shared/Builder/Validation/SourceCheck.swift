import Diagnostics
import Glibc
import LinuxSystem
import OCI
import Stackerfile
import SystemPackage

/// Looks whether what the images of a file name on this machine is there, without reading it.
struct SourceCheck {
    let recipe: Recipe
    /// Where relative paths of the file start.
    let directory: FilePath
    let limits: Limits
    private(set) var errors: [Diagnostic] = []

    init(recipe: Recipe, directory: FilePath, limits: Limits) {
        (self.recipe, self.directory, self.limits) = (recipe, directory, limits)
    }

    mutating func run() {
        for image in recipe.images {
            check(baseOf: image)
            for item in image.imports {
                guard case .file(let path) = item.source else { continue }
                check(item.mark, path) { (place) throws(SystemError) in try Self.complaint(about: item, at: place) }
            }
            for item in image.overlayDirectories {
                check(item.source.mark, item.source.path) { (place) throws(SystemError) in
                    switch try Self.kind(of: place) {
                    case .directory: nil
                    case nil: "Given overlay_dir \(item.source.path) doesn't exists"
                    default: "Given overlay_dir \(item.source.path) should be a directory"
                    }
                }
            }
            for bind in image.binds {
                check(bind.source.mark, bind.source.path) { (place) throws(SystemError) in
                    try Self.kind(of: place) == nil ? "\(bind.source.path) does not exist, refusing bind mount" : nil
                }
            }
        }
    }

    /// Reports what `body` says of the place that `path` stands for.
    private mutating func check(
        _ mark: Mark, _ path: ByteString, from folder: FilePath? = nil, expected: String? = nil,
        _ body: (FilePath) throws(SystemError) -> String?
    ) {
        guard let relative = FilePath(path) else { return report("\(path) is no path: it holds a NUL", at: mark) }
        do throws(SystemError) {
            guard let complaint = try body((folder ?? directory).pushing(relative)) else { return }
            report(complaint, at: mark, expected: expected)
        } catch {
            report("cannot look at \(path): \(error)", at: mark)
        }
    }

    private mutating func report(_ message: String, at mark: Mark, expected: String? = nil) {
        errors.append(recipe.error(message, at: mark, expected: expected))
    }

    /// What is wrong with a file, directory or link that is to be imported.
    private static func complaint(about item: Import, at place: FilePath) throws(SystemError) -> String? {
        if item.takesContents {
            switch try kind(of: place) {
            case .directory: return nil
            case nil: return "cannot import \(item.path): there is no such directory"
            default: return "cannot import \(item.path): it is not a directory"
            }
        }
        // A directory named `.` or `..` has another name where it lies.
        let place = place.lastComponent?.kind == .regular ? place : place.lexicallyNormalized()
        switch try kind(of: place, followingLink: false) {
        case .regular:
            _ = try OwnedDescriptor.open(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
            return nil
        case .directory: return nil
        case .symbolicLink:
            return item.hash == nil ? nil : "cannot import \(item.path): a symbolic link has no hash"
        case nil: return "cannot import \(item.path): there is no such file or directory"
        default: return "cannot import \(item.path): it is a pipe, a socket or a device"
        }
    }

    private mutating func check(baseOf image: ImageRecipe) {
        let expected = "a path that is absolute, or relative to the working directory"
        switch image.base {
        case .scratch, .built, .docker: return
        case .tar(let url):
            guard ImagePath(url) == nil else { return }
            check(image.baseMark, url, from: "", expected: expected) { (place) throws(SystemError) in
                switch try Self.kind(of: place) {
                case nil: "there is no archive \(url)"
                case .directory: "\(url) is a directory, and not an archive"
                default: nil
                }
            }
        case .oci(let reference):
            let parts = reference.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty,
                let path = FilePath(ByteString(String(parts[0])))
            else {
                return report(
                    "\(ByteString(reference)) is no image of an OCI layout", at: image.baseMark, expected: "PATH:TAG")
            }
            do throws(Failure) {
                let layout = try ImageLayout.open(existing: path, limits: limits)
                _ = try layout.selectManifest(
                    tag: String(parts[1]), os: image.platform.os, architecture: image.platform.architecture)
            } catch {
                report(([error.summary] + error.causes).joined(separator: ": "), at: image.baseMark, expected: expected)
            }
        }
    }

    /// - Returns: `nil` where nothing is.
    private static func kind(
        of place: FilePath, followingLink: Bool = true
    ) throws(SystemError) -> FileStatus.Kind? {
        do throws(SystemError) {
            let found =
                followingLink ? try OwnedDescriptor.openPlace(place) : try OwnedDescriptor.open(reference: place)
            return try found.status().kind
        } catch  where [.noSuchFileOrDirectory, .notDirectory].contains(error.errno) {
            return nil
        }
    }
}
