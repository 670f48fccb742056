import Diagnostics

/// A command line that is one command, or several with `&&` between them, and nothing else that joins commands.
///
/// Only such lines do the same whether or not the shell ends at the first command that fails, when each command is a line
/// of its own.
struct ShellChain {
    private(set) var commands: [ByteString] = []
    /// Whether it changes what later commands of the same shell see, such as the working directory.
    private(set) var leaks = false

    private let bytes: [UInt8]
    private let joins: Set<Int>
    private var index = 0
    /// The command that is being read, with line breaks where the file has some between words.
    private var command: [UInt8] = []
    private var words: [[UInt8]] = []
    private var word: [UInt8]?

    /// - Returns: `nil` for everything else.
    init?(_ text: LogicalText) {
        bytes = text.bytes
        joins = Set(text.joins)
        guard read(), endCommand() else { return nil }
    }

    /// The commands as lines of a script; where one of them leaves something behind, in a shell of their own.
    var script: ByteString {
        guard leaks else { return ByteString(Array(commands.map(\.bytes).joined(separator: [ASCII.newline]))) }
        if commands.count == 1, let command = commands.first {
            return ByteString([0x28] + command.bytes + [0x29])
        }
        let lines = commands.flatMap { Array("    ".utf8) + $0.bytes + [ASCII.newline] }
        return ByteString(Array("(\n".utf8) + lines + Array(")".utf8))
    }

    private mutating func read() -> Bool {
        while index < bytes.count {
            if joins.contains(index), word == nil { breakLine() }
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            switch byte {
            case ASCII.space, 0x09: endWord(adding: byte)
            case ASCII.newline, 0x3b, 0x28, 0x29, ASCII.backtick, 0x0d: return false
            case ASCII.ampersand where next == ASCII.ampersand:
                guard endCommand() else { return false }
                index += 1
            // What comes after `>` or `<` is a descriptor; everything else would be in the background.
            case ASCII.ampersand where command.last == 0x3e || command.last == 0x3c: append(byte)
            case ASCII.ampersand: return false
            case 0x7c where next == 0x7c: return false
            // The next word names a command again.
            case 0x7c:
                endWord(adding: byte)
                guard checkCommand() else { return false }
                words = []
            case 0x3c where next == 0x3c || next == 0x28: return false
            case 0x3e where next == 0x28: return false
            case ASCII.hash where word == nil: return false
            case ASCII.quote, ASCII.doubleQuote, ASCII.backslash, ASCII.dollar:
                guard let end = ShellSpan.end(of: index, in: bytes) else { return false }
                for byte in bytes[index..<end] { append(byte) }
                index = end - 1
            default: append(byte)
            }
            index += 1
        }
        return true
    }

    private mutating func append(_ byte: UInt8) {
        if word == nil { word = [] }
        word?.append(byte)
        command.append(byte)
    }

    private mutating func endWord(adding byte: UInt8) {
        if let word { words.append(word) }
        word = nil
        command.append(byte)
    }

    /// Where a line of the file ends between two words, the script has a line break too.
    private mutating func breakLine() {
        while command.last == ASCII.space || command.last == 0x09 { command.removeLast() }
        if !command.isEmpty { command += Array(" \\\n    ".utf8) }
        while index + 1 < bytes.count, bytes[index] == ASCII.space || bytes[index] == 0x09, !joins.contains(index + 1) {
            index += 1
        }
    }

    private mutating func endCommand() -> Bool {
        if let word { words.append(word) }
        word = nil
        guard checkCommand() else { return false }
        let isBlank = { (byte: UInt8) in byte == ASCII.space || byte == 0x09 }
        var line = command[...]
        while let last = line.last, isBlank(last) || last == ASCII.newline || line.suffix(2) == [0x5c, 0x0a] {
            line = line.dropLast(line.suffix(2) == [0x5c, 0x0a] ? 2 : 1)
        }
        line = line.drop(while: isBlank)
        guard !line.isEmpty else { return false }
        commands.append(ByteString(line))
        (command, words) = ([], [])
        return true
    }

    /// Whether the words are a simple command; what it leaves behind is noted.
    private mutating func checkCommand() -> Bool {
        let isAssignment = { (word: [UInt8]) in
            word.firstIndex(of: ASCII.equals).map { ASCII.isName(word[..<$0]) } ?? false
        }
        guard let name = words.first(where: { !isAssignment($0) }) else {
            leaks = true
            return !words.isEmpty
        }
        let text = String(decoding: name, as: UTF8.self)
        // What is put together by the shell may be any of them.
        let isPut = name.contains { [ASCII.quote, ASCII.doubleQuote, ASCII.backslash, ASCII.dollar].contains($0) }
        if isPut || Self.leaking.contains(text) { leaks = true }
        return !Self.keywords.contains(text)
    }

    private static let keywords: Set<String> = [
        "if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "{", "}", "!",
        "function", "select", "time", "[[", "coproc",
    ]

    private static let leaking: Set<String> = [
        "cd", "pushd", "popd", "export", "readonly", "declare", "typeset", "local", "set", "unset", "shopt", "umask",
        "ulimit", "trap", "exec", "exit", "return", "break", "continue", "eval", ".", "source", "alias", "unalias",
        "shift", "read", "getopts", "hash", "wait", "builtin", "command", "enable", "let", "mapfile", "readarray",
    ]
}
