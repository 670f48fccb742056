import Diagnostics
import Glibc

/// Trees of everything that a layer can hold, each determined by its seed.
struct GeneratedTree {
    private(set) var model = FileTreeModel()
    private var random: SeededGenerator
    private var directories: [ByteString] = [""]
    private var files: [ByteString] = []
    /// Whether some paths are longer than the kernel takes in one call.
    let isVeryDeep: Bool

    /// A tree that depends on the seed alone; a very deep one has a path of more than `PATH_MAX` bytes.
    init(seed: Int, isVeryDeep: Bool = false) {
        random = SeededGenerator(seed: seed)
        self.isVeryDeep = isVeryDeep
        for _ in 0..<(20 + random.below(40)) { addEntry() }
        // Paths that need each of the ways in which a header can hold them.
        addDirectories(depth: 3, length: 90)
        if isVeryDeep { addDirectories(depth: 20, length: 230) }
        addHardLinks()
        for path in model.entries.keys.sorted() { decorate(path) }
        copyToHardLinks()
    }

    private mutating func addEntry() {
        let path = random.pick(directories).child(name())
        guard model.entries[path] == nil else { return }
        switch random.below(10) {
        case 0, 1:
            model.add(path, FileTreeModel.Entry(kind: .directory))
            directories.append(path)
        case 2, 3: model.add(path, FileTreeModel.Entry(kind: .symbolicLink(to: linkTarget()), mode: 0o777))
        case 4: model.add(path, FileTreeModel.Entry(kind: .fifo))
        default: addFile(path)
        }
    }

    private mutating func addFile(_ path: ByteString) {
        model.addFile(path, content(), FileTreeModel.Entry(kind: .fifo))
        files.append(path)
    }

    private mutating func addDirectories(depth: Int, length: Int) {
        var path: ByteString = ""
        for level in 0..<depth {
            path = path.child(ByteString(repeatElement(UInt8(ascii: "a") + UInt8(level % 26), count: length)))
            if model.entries[path] == nil { model.add(path, FileTreeModel.Entry(kind: .directory)) }
        }
        addFile(path.child("at the end"))
        model.add(path.child("link"), FileTreeModel.Entry(kind: .symbolicLink(to: linkTarget()), mode: 0o777))
    }

    /// Any bytes but `/` and NUL; never what reads as a whiteout.
    private mutating func name() -> ByteString {
        switch random.below(8) {
        case 0: return ByteString(random.bytes(1 + random.below(30)).map { $0 == 0 || $0 == 0x2f ? 0xff : $0 } + [0xfe])
        case 1: return ByteString("line\nbreak \(random.below(100))\r\t\u{1b}")
        case 2: return ByteString(repeatElement(UInt8(ascii: "n"), count: 255))
        case 3: return ByteString(repeatElement(UInt8(ascii: "m"), count: 95 + random.below(12)))
        case 4:
            return random.pick(["café", "cafe\u{301}", "A", "a", ".wh", "wh.", "..x", "...", " ", "-rf", "*", "a\\b"])
        default: return ByteString("f\(random.below(1000))")
        }
    }

    private mutating func linkTarget() -> ByteString {
        switch random.below(5) {
        case 0: "/nowhere/absolute"
        case 1: "../../../../../../../../etc/passwd"
        case 2: ByteString(repeatElement(UInt8(ascii: "t"), count: random.pick([99, 100, 101, 255, 1000, 4000])))
        case 3: ByteString([0xff, 0x0a, 0x20, 0xc0, 0xaf])
        default: "sibling"
        }
    }

    /// Sizes at every border that a block has: of the archive, of the file system, of the pipeline.
    private mutating func content() -> [UInt8] {
        let size = random.pick([
            0, 0, 1, 511, 512, 513, 1023, 1024, 4095, 4096, 4097, 10_240, 65_535, 65_536, 65_537, 131_072,
            random.below(300_000),
        ])
        switch random.below(4) {
        case 0: return random.bytes(size)
        case 1: return [UInt8](repeating: UInt8(ascii: "x"), count: size)
        case 2:
            // Holes at the start, in the middle and at the end.
            var bytes = [UInt8](repeating: 0, count: size)
            if size > 9_000 { bytes.replaceSubrange(8_192..<8_700, with: random.bytes(508)) }
            return bytes
        default: return random.bytes(size / 2) + [UInt8](repeating: 0, count: size - size / 2)
        }
    }

    private mutating func addHardLinks() {
        for _ in 0..<random.below(6) {
            let (first, path) = (random.pick(files), random.pick(directories).child(name()))
            guard model.entries[path] == nil, let entry = model.entries[first] else { continue }
            model.add(path, entry)
            model.entries[path]?.firstName = first
        }
    }

    /// Owner, mode, time and attributes; symbolic links have no mode of their own.
    private mutating func decorate(_ path: ByteString) {
        guard var entry = model.entries[path], entry.firstName == nil else { return }
        entry.user = random.pick([0, 0, 1, 1000, 65_534, 65_535])
        entry.group = random.pick([0, 0, 42, 100, 65_535])
        entry.modified = random.pick([
            0, 1, -1, -100_000, 1_000_000_000, 2_147_483_647, 2_147_483_648, 8_589_934_591, 8_589_934_592,
            Int64(random.below(2_000_000_000)),
        ])
        switch entry.kind {
        case .file:
            entry.mode = random.pick([0o644, 0o755, 0o600, 0, 0o4755, 0o2755, 0o6711, 0o1644, 0o7777])
            addAttributes(to: &entry)
            if random.oneIn(5) {
                entry.attributes["security.capability"] = ByteString(
                    [1, 0, 0, 2] + random.pick([[0, 0x20], [0, 4]]) + [UInt8](repeating: 0, count: 14))
            }
        case .directory:
            entry.mode = random.pick([0o755, 0o755, 0o700, 0, 0o1777, 0o2775, 0o7777])
            addAttributes(to: &entry)
        case .fifo: entry.mode = random.pick([0o600, 0o666, 0])
        case .symbolicLink, .other: break
        }
        model.entries[path] = entry
    }

    private mutating func addAttributes(to entry: inout FileTreeModel.Entry) {
        guard random.oneIn(3) else { return }
        entry.attributes["user.text"] = "line one\nline=two"
        entry.attributes[ByteString("user.n\(random.below(5))")] = ByteString(random.bytes(1 + random.below(900)))
        if random.oneIn(2) { entry.attributes[ByteString("user.".utf8 + [0xff, 0xc3, 0x28])] = "\u{0}" }
    }

    /// All names of one file show the same, and the first in bytewise order is the one that counts as it.
    private mutating func copyToHardLinks() {
        var groups: [ByteString: [ByteString]] = [:]
        for (path, entry) in model.entries {
            if let first = entry.firstName { groups[first, default: []].append(path) }
        }
        for (first, others) in groups {
            guard let entry = model.entries[first] else { continue }
            let sorted = ([first] + others).sorted()
            for path in sorted {
                model.entries[path] = entry
                model.entries[path]?.firstName = path == sorted[0] ? nil : sorted[0]
            }
        }
    }
}
