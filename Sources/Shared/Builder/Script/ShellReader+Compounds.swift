/// Commands that are made of commands.
extension ShellReader {
    /// One command, simple or not, with its redirections.
    mutating func command() throws(NotUnderstood) {
        skipBlanks()
        while plainWord() == "!" {
            advance()
            skipBlanks()
        }
        let first = parts.count
        switch plainWord() {
        case "if": try conditional()
        case "while", "until": try loop(after: plainWord() ?? "")
        case "for", "select": try iteration()
        case "case": try caseCommand()
        case "{":
            advance()
            try list(until: ["}"])
            try skip(word: "}")
        case "[[": return try conditionalExpression()
        case "function":
            try skip(word: "function")
            return try function(named: nil)
        // Words that cannot begin a command, and one that is rare.
        case "then", "elif", "else", "fi", "do", "done", "esac", "}", "coproc": throw NotUnderstood()
        case nil where byte == UInt8(ascii: "("): try parentheses()
        default: return try simpleCommand()
        }
        isPlain = false
        try redirections(of: first)
    }

    private mutating func conditional() throws(NotUnderstood) {
        try skip(word: "if")
        try list(until: ["then"])
        try skip(word: "then")
        try list(until: ["elif", "else", "fi"])
        while plainWord() == "elif" {
            try skip(word: "elif")
            try list(until: ["then"])
            try skip(word: "then")
            try list(until: ["elif", "else", "fi"])
        }
        if plainWord() == "else" {
            try skip(word: "else")
            try list(until: ["fi"])
        }
        try skip(word: "fi")
    }

    private mutating func loop(after word: String) throws(NotUnderstood) {
        try skip(word: word)
        try list(until: ["do"])
        try body()
    }

    private mutating func body() throws(NotUnderstood) {
        try skip(word: "do")
        try list(until: ["done"])
        try skip(word: "done")
    }

    private mutating func iteration() throws(NotUnderstood) {
        try skip(word: plainWord() ?? "")
        skipBlanks()
        if byte == UInt8(ascii: "(") {
            try skipParentheses()
        } else {
            _ = try word()
            try skipLines()
            if plainWord() == "in" {
                try skip(word: "in")
                skipBlanks()
                while let byte, !Self.isDelimiter(byte), byte != UInt8(ascii: "#") {
                    _ = try word()
                    skipBlanks()
                }
            }
        }
        skipBlanks()
        if byte == UInt8(ascii: ";") { advance() }
        try skipLines()
        try body()
    }

    private mutating func caseCommand() throws(NotUnderstood) {
        try skip(word: "case")
        skipBlanks()
        _ = try word()
        try skipLines()
        try skip(word: "in")
        while true {
            try skipLines()
            if plainWord() == "esac" { return try skip(word: "esac") }
            if byte == UInt8(ascii: "(") { advance() }
            repeat {
                skipBlanks()
                if byte == UInt8(ascii: "|") { advance() }
                skipBlanks()
                _ = try word()
                skipBlanks()
            } while byte == UInt8(ascii: "|")
            try skip(")")
            try list(until: ["esac"])
            guard isCaseEnd else { continue }
            while byte == UInt8(ascii: ";") || byte == UInt8(ascii: "&") { advance() }
        }
    }

    /// A subshell, or an arithmetic command of bash.
    private mutating func parentheses() throws(NotUnderstood) {
        if byte(1) == UInt8(ascii: "(") {
            // Without a simple command in it, and a subshell in a subshell for other shells.
            isOpaque = true
            return try skipParentheses()
        }
        advance()
        try list(until: [], parenthesis: true)
        try skip(")")
    }

    /// `[[ … ]]` of bash, which no other shell takes for anything but a command.
    private mutating func conditionalExpression() throws(NotUnderstood) {
        let first = line
        try skip(word: "[[")
        while true {
            skipBlanks()
            if byte == Self.newline { try skipLine() }
            guard let byte else { throw NotUnderstood() }
            if plainWord() == "]]" { break }
            if Self.isDelimiter(byte) { advance() } else { _ = try word() }
        }
        try skip(word: "]]")
        add(first, [ShellOutline.Text(start: Array("[[".utf8), isOpen: true)], name: nil)
    }

    /// What a function does when it is called; without a `name` that follows, behind `function`.
    mutating func function(named name: [UInt8]?) throws(NotUnderstood) {
        try enter()
        defer { leave() }
        skipBlanks()
        var name = name
        if name == nil {
            guard case let word = try word(), !word.isOpen else { throw NotUnderstood() }
            name = word.text
            skipBlanks()
            if byte == UInt8(ascii: "(") { advance() } else { name = name ?? [] }
            if byte == UInt8(ascii: ")") { advance() }
        }
        try skipLines()
        let (before, wasPlain, wasOpaque) = (parts, isPlain, isOpaque)
        (parts, isOpaque) = ([], false)
        try command()
        // What is not known of it, nobody looks for in it.
        let body = isOpaque ? parts.map { hidden($0) } : parts
        functions[name ?? [], default: []] += body
        (parts, isPlain, isOpaque) = (before, wasPlain, wasOpaque)
    }

    /// Redirections of a command that holds those from `first` on.
    private mutating func redirections(of first: Int) throws(NotUnderstood) {
        while true {
            skipBlanks()
            guard let redirection = try redirection() else { return }
            // It may be what fails.
            if !redirection.isHereDocument { isOpaque = true }
            guard redirection.isOfErrors else { continue }
            for index in first..<parts.count { parts[index] = hidden(parts[index]) }
        }
    }

    private func hidden(_ part: ShellOutline.Part) -> ShellOutline.Part {
        var part = part
        part.isHidden = true
        return part
    }
}
