import Diagnostics

/// Builds the value of a YAML document from its events, within `Limits`.
struct YAMLComposer: ~Copyable {
    private var events: YAMLEventStream
    private let limits: Limits
    private var anchors: [ByteString: Anchor] = [:]
    /// Nodes so far, each expansion of an alias counted with all it holds.
    private var nodes = 0
    private var aliasNodes = 0

    private enum Anchor {
        /// Its value is being read: an alias to it would be inside itself.
        case open
        case complete(Composed)
    }

    /// A node with what it costs to use it once more.
    private struct Composed {
        let node: YAMLNode
        let size: Int
        let height: Int
    }

    /// Reads the one document of a file; what is wrong in it goes to `findings`.
    ///
    /// - Returns: `nil` where the file has no document.
    /// - Throws: ``Unreadable`` where reading cannot go on.
    static func document(in source: ExpandedText, limits: Limits, findings: inout Findings) throws(Unreadable)
        -> YAMLNode?
    {
        var composer = try YAMLComposer(source, limits, &findings)
        return try composer.document(&findings)
    }

    /// Reads a whole file, in which nothing is substituted.
    static func document(
        ofFile bytes: [UInt8], limits: Limits, findings: inout Findings
    ) throws(Unreadable) -> YAMLNode? {
        guard bytes.count <= limits.stackerfileBytes else {
            findings.report("the file is longer than \(limits.stackerfileBytes) bytes", at: .start, class: .limit)
            throw Unreadable()
        }
        if let fault = findings.source.fault {
            findings.report(fault.message, at: fault.mark, expected: "UTF-8 text")
            throw Unreadable()
        }
        return try document(in: ExpandedText(findings.source), limits: limits, findings: &findings)
    }

    private init(_ source: ExpandedText, _ limits: Limits, _ findings: inout Findings) throws(Unreadable) {
        self.limits = limits
        do throws(YAMLEventStream.Malformed) {
            events = try YAMLEventStream(source)
        } catch {
            findings.report(error.message, at: error.mark)
            throw Unreadable()
        }
    }

    private mutating func document(_ findings: inout Findings) throws(Unreadable) -> YAMLNode? {
        _ = try next(&findings)
        if case .streamEnd = try next(&findings).kind { return nil }
        let root = try node(from: try next(&findings), depth: 1, &findings).node
        _ = try next(&findings)
        let after = try next(&findings)
        guard case .streamEnd = after.kind else {
            findings.report("a second document starts here", at: after.mark, expected: "one document in a file")
            throw Unreadable()
        }
        return root
    }

    private mutating func next(_ findings: inout Findings) throws(Unreadable) -> YAMLEvent {
        do throws(YAMLEventStream.Malformed) {
            let event = try events.next()
            findings.origins.note(event.substituted, at: event.mark)
            return event
        } catch {
            findings.report(
                error.message, at: error.mark, expected: Self.remedy(for: error, in: findings.source.bytes),
                note: error.note?.mark == error.mark ? nil : error.note, values: error.substituted)
            throw Unreadable()
        }
    }

    /// What to write instead, for the mistakes that everybody makes once.
    private static func remedy(for error: YAMLEventStream.Malformed, in bytes: [UInt8]) -> String? {
        guard error.mark.offset < bytes.count else { return nil }
        if error.message == "mapping values are not allowed in this context" {
            return "quotes around a text that holds ': '"
        }
        switch bytes[error.mark.offset] {
        case 0x09: return "spaces: YAML does not indent with tabs"
        case 0x25, 0x40, 0x60: return "quotes around a text that starts with '%', '@' or '`'"
        default: return nil
        }
    }

    private mutating func node(
        from event: YAMLEvent, depth: Int, _ findings: inout Findings
    ) throws(Unreadable) -> Composed {
        guard depth <= limits.stackerfileDepth else {
            throw stop("nested more than \(limits.stackerfileDepth) deep", at: event.mark, class: .limit, &findings)
        }
        if case .alias(let name) = event.kind { return try expand(name, at: event.mark, depth: depth, &findings) }
        let before = nodes
        try count(1, at: event.mark, &findings)
        switch event.kind {
        case .scalar(let text, let isPlain, let properties):
            let value = YAMLTag.value(of: text, isPlain: isPlain, tag: properties.tag, at: event.mark, &findings)
            Self.checkCharacters(of: text, at: event.mark, &findings)
            let node = YAMLNode(
                mark: event.mark, textOffset: event.textOffset, content: .scalar(YAMLScalar(text: text, value: value)))
            return keep(Composed(node: node, size: 1, height: 1), as: properties.anchor)
        case .sequenceStart(let properties):
            YAMLTag.check(properties.tag, isFor: "seq", at: event.mark, &findings)
            if let anchor = properties.anchor { anchors[anchor] = .open }
            let (items, height) = try items(depth: depth, &findings)
            let node = YAMLNode(mark: event.mark, textOffset: event.textOffset, content: .sequence(items))
            return keep(Composed(node: node, size: nodes - before, height: height + 1), as: properties.anchor)
        case .mappingStart(let properties):
            YAMLTag.check(properties.tag, isFor: "map", at: event.mark, &findings)
            if let anchor = properties.anchor { anchors[anchor] = .open }
            let (written, height) = try entries(depth: depth, &findings)
            let entries = YAMLMapping.resolve(written, isTop: depth == 1, &findings)
            let node = YAMLNode(mark: event.mark, textOffset: event.textOffset, content: .mapping(entries))
            return keep(Composed(node: node, size: nodes - before, height: height + 1), as: properties.anchor)
        case .alias, .streamStart, .streamEnd, .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            throw stop("a value is missing", at: event.mark, &findings)
        }
    }

    private mutating func items(
        depth: Int, _ findings: inout Findings
    ) throws(Unreadable) -> (items: [YAMLNode], height: Int) {
        var items: [YAMLNode] = []
        var height = 0
        while true {
            let event = try next(&findings)
            if case .sequenceEnd = event.kind { return (items, height) }
            let item = try node(from: event, depth: depth + 1, &findings)
            height = max(height, item.height)
            items.append(item.node)
        }
    }

    private mutating func entries(
        depth: Int, _ findings: inout Findings
    ) throws(Unreadable) -> (entries: [YAMLEntry], height: Int) {
        var entries: [YAMLEntry] = []
        var height = 0
        while true {
            let event = try next(&findings)
            if case .mappingEnd = event.kind { return (entries, height) }
            let key = try node(from: event, depth: depth + 1, &findings)
            let value = try node(from: try next(&findings), depth: depth + 1, &findings)
            height = max(height, key.height, value.height)
            entries.append(YAMLEntry(key: key.node, value: value.node))
        }
    }

    private mutating func keep(_ composed: Composed, as anchor: ByteString?) -> Composed {
        if let anchor { anchors[anchor] = .complete(composed) }
        return composed
    }

    private mutating func expand(
        _ name: ByteString, at mark: Mark, depth: Int, _ findings: inout Findings
    ) throws(Unreadable) -> Composed {
        switch anchors[name] {
        case nil: throw stop("no anchor '&\(Shown.text(name))' before this alias", at: mark, &findings)
        case .open: throw stop("the alias '*\(Shown.text(name))' is inside its own anchor", at: mark, &findings)
        case .complete(let composed):
            aliasNodes += composed.size
            guard aliasNodes <= limits.stackerfileAliasNodes else {
                throw stop(
                    "aliases expand to more than \(limits.stackerfileAliasNodes) values", at: mark, class: .limit,
                    &findings)
            }
            guard depth - 1 + composed.height <= limits.stackerfileDepth else {
                throw stop("nested more than \(limits.stackerfileDepth) deep", at: mark, class: .limit, &findings)
            }
            try count(composed.size, at: mark, &findings)
            return composed
        }
    }

    private mutating func count(_ more: Int, at mark: Mark, _ findings: inout Findings) throws(Unreadable) {
        nodes += more
        guard nodes <= limits.stackerfileNodes else {
            throw stop("more than \(limits.stackerfileNodes) values", at: mark, class: .limit, &findings)
        }
    }

    /// Reports what ends the reading.
    private func stop(
        _ message: String, at mark: Mark, class errorClass: ErrorClass = .rejected, _ findings: inout Findings
    ) -> Unreadable {
        findings.report(message, at: mark, class: errorClass)
        return Unreadable()
    }

    /// Escapes can write what the file itself may not hold, and a NUL would hide the rest of a text from the kernel.
    private static func checkCharacters(of text: ByteString, at mark: Mark, _ findings: inout Findings) {
        guard
            let byte = text.bytes.first(where: { $0 < 0x20 && !($0 == 0x09 || $0 == 0x0a || $0 == 0x0d) || $0 == 0x7f })
        else { return }
        findings.report("the control character \(ByteString([byte])) is not allowed in a text", at: mark)
    }
}
