/// Characters and lines.
extension ShellReader {
    static let newline = UInt8(ascii: "\n")

    /// The next character; `nil` at the end.
    var byte: UInt8? { byte(0) }

    func byte(_ ahead: Int) -> UInt8? { offset + ahead < bytes.count ? bytes[offset + ahead] : nil }

    mutating func advance() {
        guard let byte else { return }
        offset += 1
        if byte == Self.newline { line += 1 }
    }

    /// Skips this character, which has to be there.
    mutating func skip(_ character: Unicode.Scalar) throws(NotUnderstood) {
        guard byte == UInt8(ascii: character) else { throw NotUnderstood() }
        advance()
    }

    /// Skips blanks, and line breaks that a backslash takes away.
    mutating func skipBlanks() {
        while let byte {
            if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
                advance()
            } else if byte == UInt8(ascii: "\\"), self.byte(1) == Self.newline {
                advance()
                advance()
            } else {
                return
            }
        }
    }

    mutating func skipComment() { while byte != nil, byte != Self.newline { advance() } }

    /// Skips blanks, comments and line breaks, with the here-documents that begin there.
    mutating func skipLines() throws(NotUnderstood) {
        while true {
            skipBlanks()
            if byte == UInt8(ascii: "#") { skipComment() }
            guard byte == Self.newline else { return }
            try skipLine()
        }
    }

    /// Skips a line break, and the here-documents that begin there.
    mutating func skipLine() throws(NotUnderstood) {
        advance()
        let waiting = hereDocuments
        hereDocuments = []
        for document in waiting { try skip(document) }
    }

    private mutating func skip(_ document: HereDocument) throws(NotUnderstood) {
        while byte != nil {
            let start = offset
            skipComment()
            var text = bytes[start..<offset]
            advance()
            if document.stripsTabs { text = text.drop { $0 == UInt8(ascii: "\t") } }
            if text.elementsEqual(document.delimiter) { return }
            // A line that a backslash joins to the next cannot end it, nor what is expanded in it be known.
            if document.isExpanded, text.contains(where: { $0 == UInt8(ascii: "`") || $0 == UInt8(ascii: "$") }) {
                isOpaque = true
            }
            if document.isExpanded, text.last == UInt8(ascii: "\\") { throw NotUnderstood() }
        }
        throw NotUnderstood()
    }

    /// The word that is next, where it is nothing but letters and such, and short; it is left.
    func plainWord() -> String? {
        var end = offset
        while end < bytes.count, end - offset < 10, !Self.endsPlainWord(bytes[end]) { end += 1 }
        guard end > offset, end == bytes.count || Self.isDelimiter(bytes[end]) else { return nil }
        return String(decoding: bytes[offset..<end], as: UTF8.self)
    }

    mutating func skip(word: String) throws(NotUnderstood) {
        guard plainWord() == word else { throw NotUnderstood() }
        for _ in word.utf8 { advance() }
    }

    /// Whether a character ends a word.
    static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case newline, UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"),
            UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    private static func endsPlainWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"): true
        default: isDelimiter(byte)
        }
    }
}
