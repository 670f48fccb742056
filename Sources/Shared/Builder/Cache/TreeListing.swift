import Digests
import Diagnostics
import HelperProtocol

/// What a directory of the host holds, entry by entry; kept to tell later what changed.
struct TreeListing: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        /// Relative to the directory; empty for the directory itself.
        var path: ByteString
        var kind: Kind
        /// Permission bits; 0 for a symbolic link, which has none.
        var mode: UInt32
        /// Of a file's bytes, or of a link's target; empty for anything else.
        var content: String
    }

    enum Kind: UInt8, Sendable {
        case file = 1
        case directory = 2
        case link = 3
        /// What cannot be imported.
        case other = 4
    }

    /// Sorted by path, bytewise.
    var entries: [Entry]

    /// The one spelling of this listing.
    var bytes: [UInt8] {
        var writer = MessageWriter()
        writer.append("stacker tree 1")
        writer.append(entries) { writer, entry in
            writer.append(entry.path)
            writer.append(entry.kind.rawValue)
            writer.append(entry.mode)
            writer.append(entry.content)
        }
        return writer.bytes
    }

    init(_ entries: [Entry]) { self.entries = entries.sorted { $0.path < $1.path } }

    init(reading bytes: [UInt8]) throws(MalformedMessage) {
        var reader = MessageReader(bytes)
        guard try reader.text("kind") == "stacker tree 1" else { throw MalformedMessage("kind") }
        entries = try reader.list("entries") { (reader) throws(MalformedMessage) in
            let path = try reader.byteString("path")
            guard let kind = Kind(rawValue: try reader.integer("kind")) else { throw MalformedMessage("kind") }
            return Entry(path: path, kind: kind, mode: try reader.integer("mode"), content: try reader.text("content"))
        }
        try reader.finish()
    }

    /// The paths that are new, gone or different, in order.
    func changes(since old: TreeListing) -> [ByteString] {
        let before = Dictionary(old.entries.map { ($0.path, $0) }) { first, _ in first }
        let now = Set(entries.map(\.path))
        let different = entries.filter { before[$0.path] != $0 }.map(\.path)
        return (different + old.entries.map(\.path).filter { !now.contains($0) }).sorted()
    }
}
