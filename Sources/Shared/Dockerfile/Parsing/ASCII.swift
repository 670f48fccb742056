/// Kinds of bytes that a Dockerfile and a shell tell apart.
enum ASCII {
    static let newline: UInt8 = 0x0a
    static let space: UInt8 = 0x20
    static let doubleQuote: UInt8 = 0x22
    static let hash: UInt8 = 0x23
    static let dollar: UInt8 = 0x24
    static let ampersand: UInt8 = 0x26
    static let quote: UInt8 = 0x27
    static let slash: UInt8 = 0x2f
    static let equals: UInt8 = 0x3d
    static let backslash: UInt8 = 0x5c
    static let backtick: UInt8 = 0x60
    static let openBrace: UInt8 = 0x7b
    static let closeBrace: UInt8 = 0x7d

    /// White space within a line.
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }

    /// What the name of a variable begins with.
    static func beginsName(_ byte: UInt8) -> Bool { isLetter(byte) || byte == 0x5f }

    /// What the name of a variable goes on with.
    static func continuesName(_ byte: UInt8) -> Bool { beginsName(byte) || isDigit(byte) }

    /// Whether this is the name of a variable.
    static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.first.map(beginsName) == true && bytes.allSatisfy(continuesName)
    }

    static func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
    }

    static func uppercased(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.map { (0x61...0x7a).contains($0) ? $0 - 0x20 : $0 }
    }
}
