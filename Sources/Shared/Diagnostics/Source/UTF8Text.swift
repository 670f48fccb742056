/// Strict decoding of single characters; Swift's own decoders repair what is broken and lose where it was.
enum UTF8Text {
    /// The character at `offset` and its length in bytes; `(nil, 1)` where none starts.
    ///
    /// Source: Unicode 15, table 3-7, Well-Formed UTF-8 Byte Sequences.
    static func scalar(at offset: Int, in bytes: [UInt8]) -> (scalar: Unicode.Scalar?, length: Int) {
        guard offset >= 0, offset < bytes.count else { return (nil, 1) }
        let first = bytes[offset]
        let length: Int
        let second: ClosedRange<UInt8>
        switch first {
        case 0..<0x80: return (Unicode.Scalar(first), 1)
        case 0xc2...0xdf: (length, second) = (2, 0x80...0xbf)
        case 0xe0: (length, second) = (3, 0xa0...0xbf)
        case 0xed: (length, second) = (3, 0x80...0x9f)
        case 0xe1...0xef: (length, second) = (3, 0x80...0xbf)
        case 0xf0: (length, second) = (4, 0x90...0xbf)
        case 0xf1...0xf3: (length, second) = (4, 0x80...0xbf)
        case 0xf4: (length, second) = (4, 0x80...0x8f)
        default: return (nil, 1)
        }
        guard length <= bytes.count - offset, second.contains(bytes[offset + 1]) else { return (nil, 1) }
        var value = UInt32(first) & (0x7f >> UInt32(length))
        for byte in bytes[(offset + 1)..<(offset + length)] {
            guard byte & 0xc0 == 0x80 else { return (nil, 1) }
            value = value << 6 | UInt32(byte & 0x3f)
        }
        return (Unicode.Scalar(value), length)
    }
}
