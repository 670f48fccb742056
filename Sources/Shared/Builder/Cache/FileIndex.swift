import Digests
import Diagnostics
import HelperProtocol
import LinuxSystem
import Synchronization

/// Digests of files that were read before, so that a file that did not change is not read again.
///
/// Losing it costs time and nothing else.
final class FileIndex: Sendable {
    struct Entry: Hashable, Sendable {
        var stamp: FileStamp
        var digest: Digest
    }

    private struct State {
        var entries: [ByteString: Entry] = [:]
        var used: Set<ByteString> = []
        var isChanged = false
    }

    /// The name in the cache directory.
    private let name: ByteString
    private let state: Mutex<State>

    /// More are only kept as far as the last build needed them.
    private static let capacity = 200_000
    private static let version: UInt32 = 1

    /// Reads what is kept under `name`.
    init(_ name: ByteString, in directory: CacheDirectory?) {
        self.name = name
        var state = State()
        if let bytes = directory?.read(name), let entries = try? Self.entries(bytes) { state.entries = entries }
        self.state = Mutex(state)
    }

    /// The digest of the file with this key, if it still has the stamp that it had when it was read.
    func digest(of key: ByteString, _ stamp: FileStamp) -> Digest? {
        state.withLock { state in
            guard let entry = state.entries[key], entry.stamp == stamp else { return nil }
            state.used.insert(key)
            return entry.digest
        }
    }

    func remember(_ key: ByteString, _ entry: Entry) {
        state.withLock { state in
            state.used.insert(key)
            guard state.entries[key] != entry else { return }
            state.entries[key] = entry
            state.isChanged = true
        }
    }

    /// Keeps what is known for later builds, where that differs from what is kept.
    func save(in directory: CacheDirectory) throws(SystemError) {
        let entries = state.withLock { state -> [ByteString: Entry]? in
            guard state.isChanged else { return nil }
            state.isChanged = false
            if state.entries.count > Self.capacity {
                state.entries = state.entries.filter { state.used.contains($0.key) }
            }
            return state.entries
        }
        if let entries { try directory.write(name, Self.bytes(entries)) }
    }

    static func bytes(_ entries: [ByteString: Entry]) -> [UInt8] {
        var writer = MessageWriter()
        writer.append(version)
        writer.append(entries.sorted { $0.key < $1.key }) { writer, entry in
            writer.append(entry.key)
            entry.value.stamp.append(to: &writer)
            writer.append(entry.value.digest.hex)
        }
        return writer.bytes
    }

    static func entries(_ bytes: [UInt8]) throws(MalformedMessage) -> [ByteString: Entry] {
        var reader = MessageReader(bytes)
        guard try reader.integer("version", as: UInt32.self) == version else { throw MalformedMessage("version") }
        let list = try reader.list("entries") { (reader) throws(MalformedMessage) in
            let key = try reader.byteString("key")
            let stamp = try FileStamp(reading: &reader)
            guard let digest = Digest(hex: try reader.text("digest")) else { throw MalformedMessage("digest") }
            return (key, Entry(stamp: stamp, digest: digest))
        }
        try reader.finish()
        return Dictionary(list) { first, _ in first }
    }
}
