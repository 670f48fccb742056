import Diagnostics

/// The reader itself; every look at a byte goes through ``peek()``, which knows the end.
struct JSONParser {
    private let bytes: [UInt8]
    private let depthLimit: Int
    private var offset = 0

    init(_ bytes: [UInt8], depthLimit: Int) {
        self.bytes = bytes
        self.depthLimit = depthLimit
    }

    /// Members whose own members are named by the people who make images: `Name` and `name` are two labels.
    private static let freelyNamed: Set<String> = ["annotations", "Labels", "Volumes", "ExposedPorts"]

    mutating func document() throws(InvalidDocument) -> JSONValue {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { throw invalid("a byte order mark, which JSON does not allow") }
        skipSpace()
        let result = try value(depth: 1, named: "")
        skipSpace()
        guard offset == bytes.count else { throw invalid("something follows the end of the value") }
        return result
    }

    private mutating func value(depth: Int, named name: String) throws(InvalidDocument) -> JSONValue {
        switch peek() {
        case 0x7b: return .object(try object(depth: depth, named: name))
        case 0x5b: return .array(try array(depth: depth, named: name))
        case 0x22: return .string(try string())
        case 0x2d, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39: return .integer(try integer())
        case 0x74: return try word("true", .bool(true))
        case 0x66: return try word("false", .bool(false))
        case 0x6e: return try word("null", .null)
        case nil: throw invalid("the document ends where a value should be")
        default: throw invalid("this is no JSON value")
        }
    }

    private mutating func object(depth: Int, named name: String) throws(InvalidDocument) -> [String: JSONValue] {
        try enter(depth)
        let folds = !Self.freelyNamed.contains(name)
        var members: [String: JSONValue] = [:]
        var folded: Set<String> = []
        skipSpace()
        if take(0x7d) { return members }
        repeat {
            skipSpace()
            guard peek() == 0x22 else { throw invalid("a name in double quotes should be here") }
            let start = offset
            let key = try string()
            guard members[key] == nil else {
                throw invalid("the name \"\(ByteString(key))\" occurs twice in one object", at: start)
            }
            if folds, !folded.insert(Self.fold(key)).inserted {
                throw invalid(
                    "\"\(ByteString(key))\" differs from another name in upper and lower case only", at: start)
            }
            skipSpace()
            guard take(0x3a) else { throw invalid("a colon should be here") }
            skipSpace()
            members[key] = try value(depth: depth + 1, named: key)
            skipSpace()
        } while take(0x2c)
        guard take(0x7d) else { throw invalid("a comma or } should be here") }
        return members
    }

    private mutating func array(depth: Int, named name: String) throws(InvalidDocument) -> [JSONValue] {
        try enter(depth)
        var elements: [JSONValue] = []
        skipSpace()
        if take(0x5d) { return elements }
        repeat {
            skipSpace()
            elements.append(try value(depth: depth + 1, named: name))
            skipSpace()
        } while take(0x2c)
        guard take(0x5d) else { throw invalid("a comma or ] should be here") }
        return elements
    }

    /// Steps over the bracket.
    private mutating func enter(_ depth: Int) throws(InvalidDocument) {
        guard depth <= depthLimit else {
            throw InvalidDocument(place(offset), "nested more than \(depthLimit) deep", class: .limit)
        }
        offset += 1
    }

    /// What a reader that ignores case would compare.
    ///
    /// The long s and the Kelvin sign belong to it: some readers take them for `s` and `k`.
    private static func fold(_ key: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in key.unicodeScalars {
            switch scalar.value {
            case 0x41...0x5a: result.append(Unicode.Scalar(UInt8(scalar.value + 0x20)))
            case 0x17f: result.append("s")
            case 0x212a: result.append("k")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private mutating func integer() throws(InvalidDocument) -> Int64 {
        let start = offset
        let isNegative = take(0x2d)
        guard let first = peek(), (0x30...0x39).contains(first) else { throw invalid("a digit should be here") }
        // Counted downwards, because the smallest number has no positive counterpart.
        var number: Int64 = 0
        while let digit = peek(), (0x30...0x39).contains(digit) {
            let (product, overflow) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflowToo) = product.subtractingReportingOverflow(Int64(digit - 0x30))
            guard !overflow, !overflowToo else { throw invalid("a number of more than 63 bits", at: start) }
            number = sum
            offset += 1
        }
        if let next = peek(), [0x2e, 0x65, 0x45].contains(next) {
            throw invalid("a number with a fraction or an exponent", at: start)
        }
        guard first != 0x30 || offset == start + (isNegative ? 2 : 1) else {
            throw invalid("a number with a leading zero", at: start)
        }
        if isNegative { return number }
        guard number != .min else { throw invalid("a number of more than 63 bits", at: start) }
        return -number
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(InvalidDocument) -> JSONValue {
        for byte in "\(word)".utf8 {
            guard take(byte) else { throw invalid("this is no JSON value") }
        }
        return value
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    func peek() -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while let byte = peek(), [0x20, 0x09, 0x0a, 0x0d].contains(byte) { offset += 1 }
    }

    private func invalid(_ problem: String, at start: Int? = nil) -> InvalidDocument {
        InvalidDocument(place(start ?? offset), problem)
    }

    private func place(_ offset: Int) -> String {
        "line \(bytes.prefix(offset).count { $0 == 0x0a } + 1), byte \(offset)"
    }
}

extension JSONParser {
    private mutating func string() throws(InvalidDocument) -> String {
        let start = offset
        offset += 1
        var text: [UInt8] = []
        while true {
            // What stands for itself, all at once: an annotation may hold a whole stacker.yaml.
            let rest = bytes[offset...]
            let end = rest.firstIndex { $0 == 0x22 || $0 == 0x5c || $0 < 0x20 } ?? rest.endIndex
            text += rest[..<end]
            offset = end
            guard let byte = peek() else { throw invalid("a string without an end", at: start) }
            offset += 1
            switch byte {
            case 0x22:
                guard let result = String(validating: text, as: UTF8.self) else {
                    throw invalid("a string that is not UTF-8", at: start)
                }
                return result
            case 0x5c: try escape(into: &text)
            default: throw invalid("a control character in a string", at: offset - 1)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(InvalidDocument) {
        let start = offset - 1
        guard let kind = peek() else { throw invalid("a string without an end", at: start) }
        offset += 1
        switch kind {
        case 0x22, 0x5c, 0x2f: text.append(kind)
        case 0x62: text.append(0x08)
        case 0x66: text.append(0x0c)
        case 0x6e: text.append(0x0a)
        case 0x72: text.append(0x0d)
        case 0x74: text.append(0x09)
        case 0x75:
            var code = UInt32(try hexDigits(start))
            if (0xd800...0xdbff).contains(code), take(0x5c), take(0x75) {
                let low = UInt32(try hexDigits(start))
                guard (0xdc00...0xdfff).contains(low) else { throw invalid("half of a surrogate pair", at: start) }
                code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw invalid("half of a surrogate pair", at: start) }
            guard code != 0 else { throw invalid("a NUL in a string", at: start) }
            text += Array(String(Character(scalar)).utf8)
        default: throw invalid("an escape that JSON does not know", at: start)
        }
    }

    private mutating func hexDigits(_ start: Int) throws(InvalidDocument) -> UInt16 {
        var code: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch peek() {
            case .some(let byte) where (0x30...0x39).contains(byte): digit = byte - 0x30
            case .some(let byte) where (0x61...0x66).contains(byte): digit = byte - 0x61 + 10
            case .some(let byte) where (0x41...0x46).contains(byte): digit = byte - 0x41 + 10
            default: throw invalid("\\u without four hexadecimal digits", at: start)
            }
            offset += 1
            code = code << 4 | UInt16(digit)
        }
        return code
    }
}
