/// Finds where the lines of a text are written in the YAML that it was read from.
///
/// YAML adds and drops blanks and line breaks, and nothing else but escapes; so the n-th character of the text that is no
/// blank is the n-th one of what is written.
enum ScalarLines {
    /// The place of the first character of each line that is no blank; of a line of blanks, that of the line before.
    ///
    /// The value begins at `start` of what is written, its anchor and tag included.
    ///
    /// - Returns: `nil` where the text is not what is written there.
    static func offsets(of text: [UInt8], at start: Int, in source: [UInt8]) -> [Int]? {
        var written = Written(source, at: start)
        var offsets: [Int] = []
        var first: Int?
        for byte in text {
            if byte == 0x0a {
                offsets.append(first ?? offsets.last ?? written.offset)
                first = nil
            }
            guard !isBlank(byte) else { continue }
            guard let next = written.next(), next.byte == byte else { return nil }
            first = first ?? next.offset
        }
        offsets.append(first ?? offsets.last ?? written.offset)
        return offsets
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d }
}

extension ScalarLines {
    /// Walks over the characters of a scalar as it is written, without blanks, and with escapes as what they stand for.
    private struct Written {
        private let source: [UInt8]
        private(set) var offset: Int
        private let style: UInt8
        /// The rest of an escape that stands for several bytes.
        private var pending: [UInt8] = []
        private var pendingOffset = 0

        init(_ source: [UInt8], at start: Int) {
            var offset = start
            let at = { (offset: Int) in offset < source.count ? source[offset] : 0 }
            while at(offset) == UInt8(ascii: "&") || at(offset) == UInt8(ascii: "!") {
                while offset < source.count, !ScalarLines.isBlank(source[offset]) { offset += 1 }
                while offset < source.count, ScalarLines.isBlank(source[offset]) { offset += 1 }
            }
            style = at(offset)
            switch style {
            case UInt8(ascii: "|"), UInt8(ascii: ">"):
                while offset < source.count, source[offset] != 0x0a, source[offset] != 0x0d { offset += 1 }
            case UInt8(ascii: "'"), UInt8(ascii: "\""): offset += 1
            default: break
            }
            (self.source, self.offset) = (source, offset)
        }

        mutating func next() -> (byte: UInt8, offset: Int)? {
            if !pending.isEmpty { return (pending.removeFirst(), pendingOffset) }
            while offset < source.count {
                let (byte, place) = (source[offset], offset)
                offset += 1
                if ScalarLines.isBlank(byte) { continue }
                if style == UInt8(ascii: "'"), byte == style { offset += 1 }
                guard style == UInt8(ascii: "\""), byte == UInt8(ascii: "\\") else { return (byte, place) }
                pending = escape().filter { !ScalarLines.isBlank($0) }
                pendingOffset = place
                if !pending.isEmpty { return (pending.removeFirst(), place) }
            }
            return nil
        }

        /// What an escape stands for; YAML 1.2, 5.7.
        private mutating func escape() -> [UInt8] {
            guard offset < source.count else { return [] }
            let letter = source[offset]
            offset += 1
            switch letter {
            case UInt8(ascii: "x"): return character(digits: 2)
            case UInt8(ascii: "u"): return character(digits: 4)
            case UInt8(ascii: "U"): return character(digits: 8)
            case UInt8(ascii: "n"), UInt8(ascii: "t"), UInt8(ascii: "r"): return []
            case UInt8(ascii: "a"): return [0x07]
            case UInt8(ascii: "b"): return [0x08]
            case UInt8(ascii: "v"): return [0x0b]
            case UInt8(ascii: "f"): return [0x0c]
            case UInt8(ascii: "e"): return [0x1b]
            case UInt8(ascii: "0"): return [0]
            case UInt8(ascii: "N"): return Array("\u{85}".utf8)
            case UInt8(ascii: "_"): return Array("\u{a0}".utf8)
            case UInt8(ascii: "L"): return Array("\u{2028}".utf8)
            case UInt8(ascii: "P"): return Array("\u{2029}".utf8)
            default: return [letter]
            }
        }

        private mutating func character(digits: Int) -> [UInt8] {
            let text = source[offset..<min(offset + digits, source.count)]
            offset = min(offset + digits, source.count)
            return UInt32(String(decoding: text, as: UTF8.self), radix: 16).flatMap(Unicode.Scalar.init)
                .map { Array(String($0).utf8) } ?? []
        }
    }
}
