public import Diagnostics

extension ImageIndex {
    /// The tags in the order of the entries, each once.
    public var tags: [String] {
        var seen: Set<[UInt8]> = []
        return entries.compactMap(\.tag).filter { seen.insert(Array($0.utf8)).inserted }
    }

    /// The entry called `tag`; nil where there is none.
    ///
    /// - Throws: ``Failure`` `bad descriptor TAG` where several are called so, or where it cannot be read.
    public func resolve(_ tag: String) throws(Failure) -> Descriptor? {
        let found = entries.filter { $0.isTagged(tag) }
        guard found.count < 2 else {
            throw Failure(
                "bad descriptor \(ByteString(tag))", causes: ["\(found.count) entries of index.json have that name"],
                class: .rejected)
        }
        switch found.first {
        case nil: return nil
        case .blob(let descriptor): return descriptor
        case .foreign:
            throw Failure(
                "bad descriptor \(ByteString(tag))", causes: ["its digest is not a sha256 digest"], class: .rejected)
        }
    }

    /// Points `tag` at `descriptor`: what was called so goes, the new entry stands last.
    public mutating func replaceTag(_ tag: String, with descriptor: Descriptor) {
        var entry = descriptor
        entry.annotations[AnnotationName.reference] = tag
        entries.removeAll { $0.isTagged(tag) }
        entries.append(.blob(entry))
    }

    /// The same with each of these tags pointed at its descriptor; they stand last, in this order.
    func replacingTags(_ replacements: [(tag: String, descriptor: Descriptor)]) -> ImageIndex {
        var new = self
        let last = Dictionary(replacements.enumerated().map { (Array($1.tag.utf8), $0) }) { max($0, $1) }
        new.entries.removeAll { entry in entry.tag.map { last[Array($0.utf8)] != nil } ?? false }
        for (place, replacement) in replacements.enumerated() where last[Array(replacement.tag.utf8)] == place {
            var entry = replacement.descriptor
            entry.annotations[AnnotationName.reference] = replacement.tag
            new.entries.append(.blob(entry))
        }
        return new
    }

    /// The failure for a tag that does not exist, with the names that may have been meant.
    public func missing(_ tag: String) -> Failure {
        let near = tags.filter { Self.distance($0, tag) <= max(1, tag.utf8.count / 3) }
        let shown = (near.isEmpty ? tags : near).prefix(10).map { ByteString($0).description }
        let hint: String? =
            if shown.isEmpty { nil } else { "name one of the tags it has: \(shown.joined(separator: ", "))" }
        return Failure(
            "bad descriptor \(ByteString(tag))", causes: ["the layout has no such tag"], hint: hint, class: .usage)
    }

    /// How many bytes to change, add or leave out to make one text the other.
    ///
    /// Long texts count as far apart, so that the work stays small.
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count <= 128, right.count <= 128 else { return .max }
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = i
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let next = min(diagonal + (a == b ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                diagonal = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[right.count]
    }
}

extension ImageIndex.Entry {
    /// Compared by bytes: Swift takes some different texts for equal.
    func isTagged(_ tag: String) -> Bool { self.tag.map { $0.utf8.elementsEqual(tag.utf8) } ?? false }
}
