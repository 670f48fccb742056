/// What words are made of.
extension ShellReader {
    /// One word; at least one character.
    mutating func word() throws(NotUnderstood) -> Word {
        var word = Word()
        let start = offset
        while let byte {
            switch byte {
            case UInt8(ascii: "'"): try singleQuotes(&word)
            case UInt8(ascii: "\""): try doubleQuotes(&word)
            case UInt8(ascii: "\\"):
                advance()
                guard let escaped = self.byte else { throw NotUnderstood() }
                if escaped != Self.newline { append(escaped, to: &word) }
                advance()
            case UInt8(ascii: "$"), UInt8(ascii: "`"): try expansion(&word)
            case UInt8(ascii: "<"), UInt8(ascii: ">"):
                guard self.byte(1) == UInt8(ascii: "("), offset == start || word.isOpen else {
                    return try ended(word, start)
                }
                advance()
                try commands(&word)
            case UInt8(ascii: "(") where word.text.last == UInt8(ascii: "=") && word.isAssignment && !word.isOpen:
                word.isOpen = true
                try skipParentheses()
            case _ where Self.isDelimiter(byte): return try ended(word, start)
            default:
                if isExpanded(byte, start) { word.isOpen = true }
                if byte == UInt8(ascii: "=") { word.isAssignment = word.isAssignment || isName(start) }
                append(byte, to: &word)
                advance()
            }
        }
        return try ended(word, start)
    }

    private func ended(_ word: Word, _ start: Int) throws(NotUnderstood) -> Word {
        guard offset > start else { throw NotUnderstood() }
        return word
    }

    /// What a shell may print in other ways, or in several lines, is as good as not known.
    private func append(_ byte: UInt8, to word: inout Word) {
        if !(0x20...0x7e).contains(byte) { word.isOpen = true }
        if !word.isOpen { word.text.append(byte) }
    }

    /// Whether an unquoted character can make the shell print something else.
    private func isExpanded(_ byte: UInt8, _ start: Int) -> Bool {
        guard offset == start else { return Self.isPattern(byte) }
        // The command `[` is no pattern.
        let next = self.byte(1)
        let isCommand = byte == UInt8(ascii: "[") && (next == UInt8(ascii: " ") || next == UInt8(ascii: "\t"))
        return byte == UInt8(ascii: "~") || (Self.isPattern(byte) && !isCommand)
    }

    private static func isPattern(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["), UInt8(ascii: "{"): true
        default: false
        }
    }

    /// Whether what was read of the word is the name of a variable, or `NAME+` or an element of bash.
    private func isName(_ start: Int) -> Bool {
        var name = bytes[start..<offset]
        if name.last == UInt8(ascii: "+") { name = name.dropLast() }
        name = name.prefix { $0 != UInt8(ascii: "[") }
        let isLetter = { (byte: UInt8) in
            (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f
        }
        guard let first = name.first, isLetter(first) else { return false }
        return name.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) }
    }

    private mutating func singleQuotes(_ word: inout Word) throws(NotUnderstood) {
        advance()
        while let byte, byte != UInt8(ascii: "'") {
            append(byte, to: &word)
            advance()
        }
        try skip("'")
    }

    private mutating func doubleQuotes(_ word: inout Word) throws(NotUnderstood) {
        advance()
        while let byte, byte != UInt8(ascii: "\"") {
            switch byte {
            case UInt8(ascii: "\\"):
                advance()
                guard let escaped = self.byte else { throw NotUnderstood() }
                // The backslash itself is dropped when texts are compared.
                if escaped != Self.newline { append(escaped, to: &word) }
                advance()
            case UInt8(ascii: "$"), UInt8(ascii: "`"): try expansion(&word)
            default:
                append(byte, to: &word)
                advance()
            }
        }
        try skip("\"")
    }

    /// What begins with `$` or a backquote.
    private mutating func expansion(_ word: inout Word) throws(NotUnderstood) {
        word.isOpen = true
        try enter()
        defer { leave() }
        guard byte == UInt8(ascii: "$") else { return try backquotes() }
        advance()
        switch byte {
        case UInt8(ascii: "(") where byte(1) == UInt8(ascii: "("): try skipParentheses()
        case UInt8(ascii: "("): try commands(&word)
        case UInt8(ascii: "{"): try braces()
        // `$'…'` of bash; for other shells the quotes are quotes, and a backslash in them is one.
        case UInt8(ascii: "'"):
            let start = offset
            try singleQuotes(&word)
            if bytes[start..<offset].contains(UInt8(ascii: "\\")) { throw NotUnderstood() }
        default: break
        }
    }

    /// The commands in `$( )`.
    private mutating func commands(_ word: inout Word) throws(NotUnderstood) {
        word.isOpen = true
        let wasPlain = isPlain
        try skip("(")
        try list(until: [], parenthesis: true)
        try skip(")")
        isPlain = wasPlain
    }

    private mutating func backquotes() throws(NotUnderstood) {
        isOpaque = true
        advance()
        while let byte, byte != UInt8(ascii: "`") {
            advance()
            if byte == UInt8(ascii: "\\") { advance() }
        }
        try skip("`")
    }

    /// `${ }`, in which quotes and expansions may be.
    private mutating func braces() throws(NotUnderstood) {
        var word = Word(isOpen: true)
        advance()
        while let byte, byte != UInt8(ascii: "}") {
            switch byte {
            case UInt8(ascii: "'"): try singleQuotes(&word)
            case UInt8(ascii: "\""): try doubleQuotes(&word)
            case UInt8(ascii: "$"), UInt8(ascii: "`"): try expansion(&word)
            default:
                advance()
                if byte == UInt8(ascii: "\\") { advance() }
            }
        }
        try skip("}")
    }

    /// Everything to the parenthesis that belongs to this one.
    mutating func skipParentheses() throws(NotUnderstood) {
        var word = Word(isOpen: true)
        var open = 0
        while let byte {
            switch byte {
            case UInt8(ascii: "'"): try singleQuotes(&word)
            case UInt8(ascii: "\""): try doubleQuotes(&word)
            case UInt8(ascii: "$") where self.byte(1) == UInt8(ascii: "{"), UInt8(ascii: "`"): try expansion(&word)
            default:
                if byte == UInt8(ascii: "(") { open += 1 }
                if byte == UInt8(ascii: ")") { open -= 1 }
                advance()
                if byte == UInt8(ascii: "\\") { advance() }
                if open == 0 { return }
            }
        }
        throw NotUnderstood()
    }
}
