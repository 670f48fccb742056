import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// `cp SOURCE TARGET`: a file, or all that is in a directory.
///
/// Links are copied as links. Each entry appears under its name only when all of it is there.
enum TreeCopy {
    static func run(from source: FilePath, to target: FilePath) throws(Failure) {
        try attempt("cannot copy \(ByteString(source)) to \(ByteString(target))") {
            guard let name = target.lastComponent.map(ByteString.init(component:)) else {
                throw Failure("the target has no name", class: .usage)
            }
            let parent = try OwnedDescriptor.open(directoryOf: target)
            if try OwnedDescriptor.open(reference: source).status().kind == .directory {
                let directory = try OwnedDescriptor.open(directory: source)
                try checkApart(parent, name, from: directory)
                try copyDirectory(directory, into: parent, as: name)
            } else {
                guard let sourceName = source.lastComponent.map(ByteString.init(component:)) else {
                    throw Failure("the source has no name", class: .usage)
                }
                let folder = try OwnedDescriptor.open(directoryOf: source)
                try copyEntry(sourceName, from: folder, into: parent, as: name)
            }
        }
    }

    /// A directory that is copied into itself never ends.
    private static func checkApart(
        _ parent: borrowing OwnedDescriptor, _ name: ByteString, from directory: borrowing OwnedDescriptor
    ) throws {
        let source = try directory.hostPath().bytes + [UInt8(ascii: "/")]
        let target = try parent.hostPath().bytes + [UInt8(ascii: "/")] + name.bytes + [UInt8(ascii: "/")]
        guard !target.starts(with: source) else { throw Failure("the target is in the source", class: .rejected) }
    }

    private static func copyDirectory(
        _ source: borrowing OwnedDescriptor, into parent: borrowing OwnedDescriptor, as name: ByteString
    ) throws {
        do throws(SystemError) {
            try parent.makeDirectory(name, mode: 0o700)
            try parent.openDirectory(name).setMode(try source.status().permissions | 0o700)
        } catch {
            guard error.errno == .fileExists else { throw error }
        }
        let target = try parent.openDirectory(name)
        for child in try source.names().sorted() {
            if try source.status(of: child).kind == .directory {
                try copyDirectory(try source.openDirectory(child), into: target, as: child)
            } else {
                try copyEntry(child, from: source, into: target, as: child)
            }
        }
    }

    private static func copyEntry(
        _ name: ByteString, from source: borrowing OwnedDescriptor, into target: borrowing OwnedDescriptor,
        as newName: ByteString
    ) throws {
        try FileTree.copy(name, from: source, stagedIn: target, ".tmp.") { stage throws(SystemError) in
            try stage.rename(name, into: target, as: newName, replacing: .existing)
        }
    }
}

extension ByteString {
    fileprivate init(component: FilePath.Component) { self.init(FilePath(root: nil, [component])) }
}
