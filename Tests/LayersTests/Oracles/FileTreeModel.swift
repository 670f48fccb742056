import Digests
import Diagnostics

@testable import Layers

/// A tree of files as a value: what is to be made on disk, or what was found there.
struct FileTreeModel {
    struct Entry: Hashable {
        var kind: Kind
        var mode: UInt32 = 0o644
        var user: UInt32 = 0
        var group: UInt32 = 0
        /// Seconds since 1970, UTC.
        var modified: Int64 = 0
        var attributes: [ByteString: ByteString] = [:]
        /// The first path, in bytewise order, of the file that this is another name of.
        var firstName: ByteString?
    }

    enum Kind: Hashable {
        case file(Content)
        case directory
        case symbolicLink(to: ByteString)
        case fifo
        /// What no test makes: a device, a socket.
        case other(UInt32)
    }

    /// What is in a file, by its digest: cheap to compare and to print.
    struct Content: Hashable {
        var bytes: Int
        var digest: String

        init(_ content: [UInt8]) {
            bytes = content.count
            let hash = SHA256()
            content.withUnsafeBytes { hash.update($0) }
            digest = hash.finish().description
        }

        init(bytes: Int, digest: String) {
            self.bytes = bytes
            self.digest = digest
        }
    }

    /// By path from the root, which is the empty path.
    var entries: [ByteString: Entry] = ["": Entry(kind: .directory, mode: 0o755)]
    /// The bytes of files that are to be made.
    var contents: [Content: [UInt8]] = [:]

    /// The entries in bytewise order of their paths, directories before what is in them.
    var sortedPaths: [ByteString] { entries.keys.sorted() }

    func children(of path: ByteString) -> [ByteString] {
        let prefix = path.isEmpty ? [] : path.bytes + [UInt8(ascii: "/")]
        return entries.keys.filter { candidate in
            candidate.count > prefix.count && candidate.bytes.starts(with: prefix)
                && !candidate.bytes.dropFirst(prefix.count).contains(UInt8(ascii: "/"))
        }.sorted()
    }

    mutating func add(_ path: ByteString, _ entry: Entry) { entries[path] = entry }

    mutating func addFile(_ path: ByteString, _ bytes: [UInt8], _ entry: Entry) {
        let content = Content(bytes)
        contents[content] = bytes
        entries[path] = entry
        entries[path]?.kind = .file(content)
    }

    /// Removes what is at `path` and below.
    mutating func remove(_ path: ByteString) {
        let prefix = path.bytes + [UInt8(ascii: "/")]
        entries = entries.filter { $0.key != path && !$0.key.bytes.starts(with: prefix) }
    }

    /// Where two trees differ, for a person to read; empty where they do not.
    func differences(from other: FileTreeModel, limit: Int = 8) -> String {
        var lines: [String] = []
        for path in Set(entries.keys).union(other.entries.keys).sorted() {
            let (mine, theirs) = (entries[path], other.entries[path])
            guard mine != theirs else { continue }
            guard lines.count < limit else { return lines.joined(separator: "\n") + "\n…" }
            let name = path.count > 80 ? "…\(ByteString(path.bytes.suffix(80))) (\(path.count) bytes)" : "\(path)"
            lines.append("\(name):\n  \(describe(mine))\n  \(describe(theirs))")
        }
        return lines.joined(separator: "\n")
    }

    private func describe(_ entry: Entry?) -> String {
        guard let entry else { return "missing" }
        let attributes = entry.attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.abbreviated)" }
        return """
            \(entry.kind) \(String(entry.mode, radix: 8)) \(entry.user):\(entry.group) @\(entry.modified) \
            \(attributes) \(entry.firstName.map { "linked to \($0)" } ?? "")
            """
    }
}

extension ByteString {
    /// The path of something in the directory at this path.
    func child(_ name: ByteString) -> ByteString {
        isEmpty ? name : ByteString(bytes + [UInt8(ascii: "/")] + name.bytes)
    }

    /// The path of the directory that this is in; empty for the root.
    var parent: ByteString {
        ByteString(bytes.lastIndex(of: UInt8(ascii: "/")).map { Array(bytes[..<$0]) } ?? [])
    }

    var lastComponent: ByteString {
        ByteString(bytes.lastIndex(of: UInt8(ascii: "/")).map { Array(bytes[($0 + 1)...]) } ?? bytes)
    }
}
