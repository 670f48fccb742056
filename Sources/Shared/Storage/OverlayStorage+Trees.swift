public import Diagnostics
import HelperClient
import LinuxSystem
import SystemPackage

/// What stands in the roots directory, to be looked through and thinned out.
extension OverlayStorage {
    /// A directory that stacker made.
    public struct Tree: Hashable, Sendable {
        public var name: ByteString
        /// Whether it is a layer that will not change, rather than a root in which something was built.
        public var isLayer: Bool
    }

    /// Every directory that stacker made and that holds something.
    public func trees() throws -> [Tree] {
        var trees: [Tree] = []
        for name in try madeByStacker() {
            let isLayer = try directory.openDirectory(name).names().contains(FinishedLayer.marker)
            if try isLayer || hasChanges(name) { trees.append(Tree(name: name, isLayer: isLayer)) }
        }
        return trees
    }

    /// Directories in which nothing else is, whether they hold anything or not.
    func madeByStacker() throws -> [ByteString] {
        try directory.names().sorted().filter { name in
            if name == DirectoryLock.name || name.bytes.starts(with: Self.temporaryPrefix.bytes) { return false }
            return try !isEmpty(name) && isOurs(name)
        }
    }

    /// The name that the directory of a layer with this digest (`sha256:…`) has.
    public static func name(ofLayer digest: String) -> ByteString { FinishedLayer(digest: digest).directory }

    /// How many bytes each of these takes.
    public func sizes(of names: [ByteString]) async throws -> [ByteString: UInt64] {
        guard !names.isEmpty else { return [:] }
        let sizes = try await helper.measureTrees(names, in: namespace, roots: roots)
        return Dictionary(zip(names, sizes)) { first, _ in first }
    }

    /// Removes trees where they are, without the need for any space on the disk.
    ///
    /// The mark of each goes first: whatever is left when this is cut off counts for nothing.
    public func remove(_ names: [ByteString]) async throws {
        for name in names {
            do throws(SystemError) {
                try directory.openDirectory(name).unlink(FinishedLayer.marker)
            } catch {
                guard [.noSuchFileOrDirectory, .notDirectory].contains(error.errno) else { throw error }
            }
        }
        guard !names.isEmpty else { return }
        try await helper.removeTrees(names, in: namespace, roots: roots)
    }
}
