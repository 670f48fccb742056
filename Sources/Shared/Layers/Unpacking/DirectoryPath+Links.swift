import Diagnostics
import HelperProtocol
import LinuxSystem
import SystemPackage

// The way through symbolic links, without ever asking the kernel to follow one.
extension DirectoryPath {
    /// The kernel's own bound (path_resolution(7)).
    private static let mostLinks = 40

    enum Child {
        case directory(OpenDirectory)
        case link(target: ByteString)
        case missing
    }

    /// One step down; a missing directory is made where `creating` says so.
    func child(_ name: ByteString, of parent: OpenDirectory, creating: Bool) throws -> Child {
        if creating { try made?.insert(name, in: parent) }
        do throws(SystemError) {
            return .directory(try open(name, in: parent))
        } catch {
            switch error.errno {
            case .noSuchFileOrDirectory: return creating ? .directory(try create(name, in: parent)) : .missing
            case .notDirectory, .tooManySymbolicLinkLevels: break
            default: throw error
            }
        }
        let status = try parent.with { (open) throws(SystemError) in try open.statusIfPresent(of: name) }
        switch status?.kind {
        case .symbolicLink:
            return .link(target: try parent.with { (open) throws(SystemError) in try open.linkTarget(of: name) })
        case .characterDevice(0) where form == .overlay:
            return creating ? .directory(try replaceByDirectory(name, in: parent)) : .missing
        default: throw InvalidArchive.rejected("\(name.abbreviated) is not a directory")
        }
    }

    /// Walks `steps`, which may hold `..`, from the directory at `start`; links lead where they would if the tree
    /// were `/`.
    ///
    /// - Returns: Where it ended, and the way there without links; `nil` where something is missing.
    func resolve(
        _ steps: [ByteString], from start: [ByteString], creating: Bool
    ) throws -> (directory: OpenDirectory, path: [ByteString])? {
        var path = start
        var pending = Array(steps.reversed())
        var links = 0
        // Every `..` walks again from the root; this bounds the steps of all those walks.
        var effort = limits.pathDepth * 64
        var current: OpenDirectory?
        while let name = pending.popLast() {
            if name == ".." {
                try current?.leave()
                current = nil
                _ = path.popLast()
                continue
            }
            effort -= current == nil ? path.count + 1 : 1
            guard effort > 0 else { throw InvalidArchive.limit("symbolic links make the way to it too long") }
            let parent = try current ?? openPhysical(path)
            current = parent
            switch try child(name, of: parent, creating: creating) {
            case .missing: return nil
            case .directory(let directory):
                try parent.leave()
                path.append(name)
                current = directory
            case .link(let target):
                links += 1
                guard links <= Self.mostLinks else {
                    throw InvalidArchive.rejected("more than \(Self.mostLinks) symbolic links lead to it")
                }
                if target.bytes.first == UInt8(ascii: "/") {
                    try parent.leave()
                    (path, current) = ([], nil)
                }
                pending += Self.steps(of: target).reversed()
                guard pending.count + path.count <= limits.pathDepth else {
                    throw InvalidArchive.limit("symbolic links make the way to it too long")
                }
            }
        }
        return (try current ?? openPhysical(path), path)
    }

    /// Opens a directory by a way that holds no links.
    func openPhysical(_ path: [ByteString]) throws(SystemError) -> OpenDirectory {
        var directory = try root.with { (open) throws(SystemError) in try open.openDirectory(".") }
        for name in path { directory = try directory.openDirectory(name) }
        return try OpenDirectory(directory, name: path.last ?? "")
    }

    private static func steps(of target: ByteString) -> [ByteString] {
        target.bytes.split(separator: UInt8(ascii: "/")).map { ByteString(Array($0)) }.filter { $0 != "." }
    }
}
