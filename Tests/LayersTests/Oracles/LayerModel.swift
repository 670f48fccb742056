import Diagnostics
import TestSupport

/// A layer as a value, and what it does to a tree: the rules of the image specification in a few lines.
///
/// Source: OCI image-spec v1.1, layer.md, "Whiteouts" and "Applying Changesets".
struct LayerModel {
    enum Member: Hashable {
        case entry(ByteString, FileTreeModel.Entry)
        case whiteout(ByteString)
        /// Everything that lower layers have in the directory is hidden.
        case opaque(ByteString)
    }

    var members: [Member] = []
    var contents: [FileTreeModel.Content: [UInt8]] = [:]

    /// Whiteouts are about what was there before, wherever they stand in the archive.
    func apply(to tree: FileTreeModel) -> FileTreeModel {
        var tree = tree
        for member in members {
            switch member {
            case .entry: break
            case .whiteout(let path): tree.remove(path)
            case .opaque(let path): for child in tree.children(of: path) { tree.remove(child) }
            }
        }
        for case .entry(let path, let entry) in members {
            if entry.kind != .directory || tree.entries[path]?.kind != .directory { tree.remove(path) }
            tree.entries[path] = entry
        }
        return tree
    }

    /// The layer as a tar archive.
    func archive() -> [UInt8] {
        var names: [ByteString: ByteString] = [:]
        return TarBuilder { tar in
            for member in members {
                switch member {
                case .whiteout(let path):
                    tar.add(path.parent.child(ByteString(".wh.".utf8 + path.lastComponent.bytes)), user: 0, group: 0)
                case .opaque(let path): tar.add(path.child(".wh..wh..opq"), user: 0, group: 0)
                case .entry(let path, let entry): append(path, entry, to: &tar, &names)
                }
            }
        }.finished
    }

    private func append(
        _ path: ByteString, _ entry: FileTreeModel.Entry, to tar: inout TarBuilder,
        _ names: inout [ByteString: ByteString]
    ) {
        if !entry.attributes.isEmpty {
            tar.extended(entry.attributes.map { (ByteString("SCHILY.xattr.\($0.key)"), $0.value) })
        }
        var (type, link, data): (Character, ByteString, [UInt8]) = ("0", "", [])
        switch entry.kind {
        case .directory: type = "5"
        case .fifo: type = "6"
        case .symbolicLink(let target): (type, link) = ("2", target)
        case .file(let content): data = contents[content] ?? []
        case .other: preconditionFailure("tests do not make devices or sockets")
        }
        if let group = entry.firstName {
            if let first = names[group] { (type, link, data) = ("1", first, []) }
            names[group] = names[group] ?? path
        }
        tar.add(
            path.isEmpty ? "./" : path, type: type, data: data, link: link, mode: entry.mode, user: entry.user,
            group: entry.group, modified: Int(entry.modified))
    }
}

extension FileTreeModel {
    /// Names of one file carry the same mark until here; now the first of them in bytewise order is the mark.
    var withHardLinksByName: FileTreeModel {
        var (tree, groups) = (self, [ByteString: [ByteString]]())
        for (path, entry) in entries {
            if let mark = entry.firstName { groups[mark, default: []].append(path) }
        }
        for paths in groups.values.map({ $0.sorted() }) {
            for path in paths { tree.entries[path]?.firstName = path == paths[0] ? nil : paths[0] }
        }
        return tree
    }
}
