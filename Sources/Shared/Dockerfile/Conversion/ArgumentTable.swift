import Diagnostics

/// The build arguments that a file uses, each of which becomes a substitution of stacker.yaml.
///
/// While a file is converted they stand in texts as marks that no Dockerfile can hold, because what they will be called
/// depends on all of the texts.
struct ArgumentTable {
    /// One use of an argument: its name, and its default in that place.
    struct Use: Hashable {
        var name: String
        /// May hold marks of other arguments.
        var value: ByteString
    }

    private(set) var uses: [Use] = []
    private var numbers: [Use: Int] = [:]

    private static let start: UInt8 = 0x01
    private static let end: UInt8 = 0x02

    /// The mark that stands for an argument.
    mutating func mark(_ name: String, default value: ByteString) -> ByteString {
        let use = Use(name: name, value: value)
        let number = numbers[use] ?? uses.count
        if number == uses.count {
            uses.append(use)
            numbers[use] = number
        }
        return ByteString([Self.start] + Array(String(number).utf8) + [Self.end])
    }

    static func holdsMarks(_ text: ByteString) -> Bool { text.bytes.contains(start) }

    /// Splits a text at its marks.
    static func pieces(_ text: ByteString) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text.bytes[...]
        while let first = rest.firstIndex(of: start) {
            if first > rest.startIndex { pieces.append(.text(rest[..<first])) }
            let last = rest[first...].firstIndex(of: end) ?? rest.endIndex
            if let number = Int(String(decoding: rest[rest.index(after: first)..<last], as: UTF8.self)) {
                pieces.append(.argument(number))
            }
            rest = rest[last...].dropFirst()
        }
        if !rest.isEmpty { pieces.append(.text(rest)) }
        return pieces
    }

    enum Piece {
        case text(ArraySlice<UInt8>)
        case argument(Int)
    }

    /// The text as it is where no argument is given.
    func withDefaults(_ text: ByteString, depth: Int = 0) -> ByteString {
        guard Self.holdsMarks(text), depth < 20 else { return text }
        var result: [UInt8] = []
        for piece in Self.pieces(text) {
            switch piece {
            case .text(let bytes): result += bytes
            case .argument(let number) where uses.indices.contains(number):
                result += withDefaults(uses[number].value, depth: depth + 1).bytes
            case .argument: break
            }
            // A default may hold another twice; what is longer than this is no path or word.
            if result.count > 65_536 { break }
        }
        return ByteString(result)
    }
}
