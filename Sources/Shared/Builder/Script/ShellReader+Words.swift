/// Simple commands and their words.
extension ShellReader {
    /// A word as the shell will have it.
    struct Word {
        /// Up to the first thing that is expanded.
        var text: [UInt8] = []
        /// Whether more may follow, or other words, or it may not be there at all.
        var isOpen = false
        /// Whether it is `NAME=` and a value.
        var isAssignment = false
    }

    mutating func simpleCommand() throws(NotUnderstood) {
        let first = line
        var words: [Word] = []
        var assignments: [Word] = []
        var isRedirected = false
        var redirectsErrors = false
        while true {
            skipBlanks()
            guard let byte, byte != UInt8(ascii: "#") else { break }
            if let redirection = try redirection() {
                isRedirected = true
                redirectsErrors = redirectsErrors || redirection.isOfErrors
                continue
            }
            if byte == UInt8(ascii: "("), words.count == 1, assignments.isEmpty, let name = words.first, !name.isOpen {
                advance()
                skipBlanks()
                try skip(")")
                return try function(named: name.text)
            }
            guard !Self.isDelimiter(byte) || isSubstitutedFile else { break }
            let word = try word()
            if words.isEmpty, word.isAssignment { assignments.append(word) } else { words.append(word) }
        }
        guard isRedirected || !words.isEmpty || !assignments.isEmpty else { throw NotUnderstood() }
        note(words, assignments, redirectsErrors: redirectsErrors)
        guard !words.isEmpty || !assignments.isEmpty else {
            isOpaque = true
            return
        }
        add(
            first, Self.texts(words, assignments), name: words.first.flatMap { $0.isOpen ? nil : $0.text },
            redirectsErrors: redirectsErrors)
    }

    mutating func add(
        _ line: Int, _ texts: [ShellOutline.Text], name: [UInt8]?, redirectsErrors: Bool = false
    ) {
        parts.append(ShellOutline.Part(line: line, texts: texts, name: name, redirectsErrors: redirectsErrors))
    }

    /// Remembers what makes the trace no witness any more.
    private mutating func note(_ words: [Word], _ assignments: [Word], redirectsErrors: Bool) {
        let name = words.first?.text ?? []
        let arguments = words.dropFirst()
        if name == Array("trap".utf8) { changesTrace = true }
        if name == Array("exec".utf8), redirectsErrors { changesTrace = true }
        if name == Array("set".utf8),
            arguments.contains(where: {
                $0.isOpen || $0.text.first == UInt8(ascii: "+") || $0.text == [UInt8(ascii: "-")]
            })
        {
            changesTrace = true
        }
        let variables = ["PS4=", "BASH_XTRACEFD="].map { Array($0.utf8) }
        if (assignments + arguments).contains(where: { word in variables.contains { word.text.starts(with: $0) } }) {
            changesTrace = true
        }
    }

    /// How shells print it: bash each assignment by itself, others before the command; `time` is part of bash.
    private static func texts(_ words: [Word], _ assignments: [Word]) -> [ShellOutline.Text] {
        var texts = [text(assignments + words)]
        if !assignments.isEmpty, !words.isEmpty { texts.append(text(words)) }
        if assignments.count > 1 || !words.isEmpty { texts += assignments.map { text([$0]) } }
        let declaring = ["export", "readonly", "local", "declare", "typeset"].map { Array($0.utf8) }
        if let name = words.first?.text, declaring.contains(name) { texts += words.dropFirst().map { text([$0]) } }
        if words.first?.text == Array("time".utf8) { texts.append(text(words.dropFirst())) }
        return texts
    }

    private static func text(_ words: some Collection<Word>) -> ShellOutline.Text {
        var start: [UInt8] = []
        for (number, word) in words.enumerated() {
            let space: [UInt8] = number == 0 ? [] : [UInt8(ascii: " ")]
            // A word of which nothing is known may not be there.
            guard !word.isOpen || !word.text.isEmpty else { return ShellOutline.Text(start: start, isOpen: true) }
            start += space + ShellOutline.plain(word.text)
            if word.isOpen { return ShellOutline.Text(start: start, isOpen: true) }
        }
        return ShellOutline.Text(start: start, isOpen: false)
    }

    /// What a redirection does, as far as it matters here.
    struct Redirection {
        var isOfErrors: Bool
        var isHereDocument: Bool
    }

    /// Skips a redirection; `nil` where there is none.
    mutating func redirection() throws(NotUnderstood) -> Redirection? {
        guard !isSubstitutedFile else { return nil }
        var digits = 0
        while let digit = byte(digits), (0x30...0x39).contains(digit) { digits += 1 }
        let isBoth = digits == 0 && byte == UInt8(ascii: "&") && byte(1) == UInt8(ascii: ">")
        guard isBoth || byte(digits) == UInt8(ascii: "<") || byte(digits) == UInt8(ascii: ">") else { return nil }
        let isNumberedErrors = digits == 1 && byte == UInt8(ascii: "2")
        for _ in 0..<(isBoth ? 1 : digits) { advance() }
        let start = offset
        while let byte, "<>&|".utf8.contains(byte), offset - start < 3 { advance() }
        let name = String(decoding: bytes[start..<offset], as: UTF8.self)
        let isDocument = name == "<<"
        var stripsTabs = false
        if isDocument, byte == UInt8(ascii: "-") {
            stripsTabs = true
            advance()
        }
        skipBlanks()
        let beginning = offset
        let word = try word()
        if isDocument {
            // Its quotes say that nothing is expanded; what would be expanded in the word itself is not.
            let isQuoted = bytes[beginning..<offset].contains { [0x27, 0x22, 0x5c].contains($0) }
            guard !word.isOpen else { throw NotUnderstood() }
            hereDocuments.append(
                HereDocument(delimiter: word.text, stripsTabs: stripsTabs, isExpanded: !isQuoted))
        }
        // `>&name` of bash redirects both.
        let duplicatesBoth = digits == 0 && name == ">&" && word.text.first.map { !(0x30...0x39).contains($0) } ?? true
        return Redirection(
            isOfErrors: isNumberedErrors || isBoth || duplicatesBoth, isHereDocument: isDocument || name == "<<<")
    }

    /// Whether `<(` or `>(` of bash follows.
    private var isSubstitutedFile: Bool {
        (byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")) && byte(1) == UInt8(ascii: "(")
    }
}
