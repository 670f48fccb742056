/// Writes JSON so that one value always becomes the same bytes, whoever writes it, whenever.
///
/// Members are in the order of the bytes of their names, `/` and what is not ASCII stand as they are, and nothing
/// follows the value: the digest of a document is the digest of these bytes.
struct JSONWriter {
    private(set) var bytes: [UInt8] = []
    private let layout: Layout

    enum Layout {
        /// No white space at all.
        case compact
        /// Two spaces a level; what could steer a terminal is escaped.
        case indented
    }

    init(_ layout: Layout) { self.layout = layout }

    mutating func write(_ value: JSONValue, depth: Int = 0) {
        switch value {
        case .null: bytes += Array("null".utf8)
        case .bool(let flag): bytes += Array((flag ? "true" : "false").utf8)
        case .integer(let number): bytes += Array(String(number).utf8)
        case .string(let text): write(text)
        case .array(let elements):
            writeItems(elements, between: (0x5b, 0x5d), depth) { $0.write($1, depth: depth + 1) }
        case .object(let members):
            let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            writeItems(sorted, between: (0x7b, 0x7d), depth) { writer, member in
                writer.write(member.key)
                writer.bytes += writer.layout == .compact ? [0x3a] : [0x3a, 0x20]
                writer.write(member.value, depth: depth + 1)
            }
        }
    }

    private mutating func writeItems<Item>(
        _ items: [Item], between brackets: (UInt8, UInt8), _ depth: Int, _ body: (inout JSONWriter, Item) -> Void
    ) {
        bytes.append(brackets.0)
        for (index, item) in items.enumerated() {
            if index > 0 { bytes.append(0x2c) }
            breakLine(depth + 1)
            body(&self, item)
        }
        if !items.isEmpty { breakLine(depth) }
        bytes.append(brackets.1)
    }

    private mutating func breakLine(_ depth: Int) {
        guard layout == .indented else { return }
        bytes.append(0x0a)
        bytes += [UInt8](repeating: 0x20, count: 2 * depth)
    }

    private mutating func write(_ text: String) {
        if layout == .compact { return writeCompact(text) }
        bytes.append(0x22)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22: bytes += [0x5c, 0x22]
            case 0x5c: bytes += [0x5c, 0x5c]
            case 0x0a: bytes += [0x5c, 0x6e]
            case 0x0d: bytes += [0x5c, 0x72]
            case 0x09: bytes += [0x5c, 0x74]
            case 0..<0x20: escape(scalar.value)
            case 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0xfeff: escape(scalar.value)
            default: bytes += Array(UTF8.encode(scalar) ?? .init())
            }
        }
        bytes.append(0x22)
    }

    /// Byte by byte, because an annotation may hold a whole stacker.yaml: only ASCII is ever escaped here.
    private mutating func writeCompact(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5c:
                bytes.append(0x5c)
                bytes.append(byte)
            case 0x0a: bytes += [0x5c, 0x6e]
            case 0x0d: bytes += [0x5c, 0x72]
            case 0x09: bytes += [0x5c, 0x74]
            case 0..<0x20: escape(UInt32(byte))
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }

    private mutating func escape(_ value: UInt32) {
        let hex = String(value, radix: 16)
        bytes += Array(("\\u" + String(repeating: "0", count: max(0, 4 - hex.utf8.count)) + hex).utf8)
    }
}

extension JSONValue {
    /// The one spelling of this value: no white space, members sorted by the bytes of their names, no line break.
    public var bytes: [UInt8] {
        var writer = JSONWriter(.compact)
        writer.write(self)
        return writer.bytes
    }

    /// For people: a member a line, two spaces a level, nothing in it that a terminal would obey.
    public var indentedText: String {
        var writer = JSONWriter(.indented)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
