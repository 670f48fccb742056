import Diagnostics

/// Sequences of layers, each determined by its seed, and the trees they must give.
struct GeneratedLayers {
    private(set) var layers: [LayerModel] = []
    /// What is there after all layers, worked out from the changes and not from the layers.
    private(set) var tree = FileTreeModel()
    private var random: SeededGenerator
    private var marks = 0
    /// Whether a layer may both hide and bring one name in either order, which tools of others read differently.
    private let hidesItsOwnNames: Bool

    init(seed: Int, hidesItsOwnNames: Bool = true) {
        random = SeededGenerator(seed: seed)
        self.hidesItsOwnNames = hidesItsOwnNames
        tree.entries[""]?.modified = 1
        for _ in 0..<(2 + random.below(5)) { addLayer() }
    }

    /// What one layer changes, before it is decided how it says so.
    private struct Changes {
        var before: FileTreeModel
        /// Directories that were removed and made again: nothing from before shows through.
        var recreated: Set<ByteString> = []
        /// Entries that the layer brings, changed or not.
        var brought: Set<ByteString> = [""]
    }

    private mutating func addLayer() {
        var changes = Changes(before: tree)
        for _ in 0..<(1 + random.below(7)) { change(&changes) }
        layers.append(layer(changes))
    }

    // MARK: Changes

    private mutating func change(_ changes: inout Changes) {
        let directories = tree.entries.filter { $0.value.kind == .directory }.keys.sorted()
        let path = random.pick(directories).child(random.pick(["a", "b", "c", "d", "e"]))
        guard path.bytes.count < 8 else { return }
        switch random.below(12) {
        case 0, 1, 2: putFile(path, &changes)
        case 3, 4: if tree.entries[path]?.kind != .directory { put(path, .directory, &changes) }
        case 5: put(path, .symbolicLink(to: random.pick(["a", "/b", "../../c", "gone"])), &changes)
        case 6: put(path, .fifo, &changes)
        case 7, 8: remove(path, &changes)
        case 9: recreate(path, &changes)
        case 10: describe(path, &changes)
        default: putHardLinks(path, &changes)
        }
    }

    private mutating func newEntry(_ kind: FileTreeModel.Kind) -> FileTreeModel.Entry {
        let mode: UInt32 =
            switch kind {
            case .directory: random.pick([0o755, 0o700, 0o1777, 0o2755, 0])
            case .symbolicLink: 0o777
            default: random.pick([0o644, 0o4755, 0o600, 0])
            }
        var entry = FileTreeModel.Entry(
            kind: kind, mode: mode, user: UInt32(random.below(3)), group: UInt32(random.below(3)),
            modified: Int64(random.below(1_000_000)))
        if random.oneIn(4), kind == .directory { entry.attributes["user.note"] = ByteString("\(random.below(100))") }
        return entry
    }

    private mutating func put(_ path: ByteString, _ kind: FileTreeModel.Kind, _ changes: inout Changes) {
        remove(path, &changes)
        tree.entries[path] = newEntry(kind)
        changes.brought.insert(path)
    }

    private mutating func putFile(_ path: ByteString, _ changes: inout Changes) {
        let bytes = random.bytes(random.pick([0, 5, 511, 512, 700]))
        let content = FileTreeModel.Content(bytes)
        tree.contents[content] = bytes
        put(path, .file(content), &changes)
    }

    private mutating func putHardLinks(_ path: ByteString, _ changes: inout Changes) {
        putFile(path, &changes)
        marks += 1
        tree.entries[path]?.firstName = ByteString("#\(marks)")
        let second = path.parent.child(random.pick(["a", "b", "x", "y"]))
        guard second != path, let entry = tree.entries[path] else { return }
        remove(second, &changes)
        tree.entries[second] = entry
        changes.brought.insert(second)
    }

    private mutating func remove(_ path: ByteString, _ changes: inout Changes) {
        tree.remove(path)
        changes.brought = changes.brought.filter { tree.entries[$0] != nil }
        changes.recreated = changes.recreated.filter { tree.entries[$0] != nil }
    }

    private mutating func recreate(_ path: ByteString, _ changes: inout Changes) {
        put(path, .directory, &changes)
        changes.recreated.insert(path)
        if random.oneIn(2) { putFile(path.child("a"), &changes) }
    }

    private mutating func describe(_ path: ByteString, _ changes: inout Changes) {
        guard let entry = tree.entries[path] else { return }
        tree.entries[path] = newEntry(entry.kind)
        changes.brought.insert(path)
    }

    // MARK: The layer that says so

    private mutating func layer(_ changes: Changes) -> LayerModel {
        var (brought, hidden, opaque) = (changes.brought, Set<ByteString>(), Set<ByteString>())
        for path in changes.before.sortedPaths where tree.entries[path] == nil {
            // Below what is gone or no directory any more, nothing needs to be said.
            if tree.entries[path.parent]?.kind == .directory, changes.before.entries[path.parent]?.kind == .directory {
                hidden.insert(path)
            }
        }
        for path in changes.recreated where changes.before.entries[path]?.kind == .directory {
            if random.oneIn(2) || !hidesItsOwnNames { opaque.insert(path) } else { hidden.insert(path) }
        }
        for path in tree.sortedPaths where path != "" {
            guard tree.entries[path]?.kind != .directory || !changes.before.entries.keys.contains(path) else {
                continue
            }
            // A layer may say that it hides what it replaces anyway.
            if hidesItsOwnNames, brought.contains(path), random.oneIn(4) { hidden.insert(path) }
        }
        // Nothing there to hide. Only in a directory that lower layers have too: in others overlayfs lists the name.
        let merged = directories().filter {
            changes.before.entries[$0]?.kind == .directory && changes.recreated.isDisjoint(with: Self.wayTo($0))
        }
        if random.oneIn(3) { hidden.insert(random.pick(merged).child("zz")) }
        for path in brought.union(hidden).union(opaque) {
            brought.formUnion(Self.wayTo(opaque.contains(path) ? path : path.parent))
        }
        return ordered(brought, hidden, opaque)
    }

    private func directories() -> [ByteString] { tree.entries.filter { $0.value.kind == .directory }.keys.sorted() }

    /// The directory and those it lies in, without the root.
    private static func wayTo(_ directory: ByteString) -> [ByteString] {
        Array(sequence(first: directory) { $0.parent }.prefix { !$0.isEmpty })
    }

    /// Directories before what is in them, all else in any order.
    private mutating func ordered(
        _ brought: Set<ByteString>, _ hidden: Set<ByteString>, _ opaque: Set<ByteString>
    ) -> LayerModel {
        var members = brought.sorted().compactMap { path in
            tree.entries[path].map { LayerModel.Member.entry(path, $0) }
        }
        members += hidden.sorted().map { .whiteout($0) } + opaque.sorted().map { .opaque($0) }
        members.shuffle(using: &random)
        members = members.map { ($0, depth($0)) }.enumerated()
            .sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }.map(\.element.0)
        return LayerModel(members: members, contents: tree.contents)
    }

    private func depth(_ member: LayerModel.Member) -> Int {
        func depth(_ path: ByteString) -> Int { path.isEmpty ? 0 : path.bytes.count { $0 == UInt8(ascii: "/") } + 1 }
        return switch member {
        case .entry(let path, _), .whiteout(let path): depth(path)
        case .opaque(let path): depth(path) + 1
        }
    }
}
