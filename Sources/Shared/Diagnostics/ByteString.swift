/// Bytes that name something: a path, a link target, an argument, an environment entry.
///
/// Swift's `String` compares by canonical equivalence, repairs what is not UTF-8 and hides `\r\n` inside one
/// character, so two different files would become one and a `/` could slip past a check. Everything that reaches the
/// kernel, and everything that comes out of an archive, is this type.
public struct ByteString: Hashable, Sendable {
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    public init(_ text: String) { bytes = Array(text.utf8) }

    public var isEmpty: Bool { bytes.isEmpty }

    public var count: Int { bytes.count }

    /// Whether a C function would see only a part of it.
    public var containsNUL: Bool { bytes.contains(0) }

    /// The text, or `nil` where the bytes are not UTF-8.
    public var utf8Text: String? { String(validating: bytes, as: UTF8.self) }
}

extension ByteString: ExpressibleByStringLiteral {
    public init(stringLiteral value: String) { self.init(value) }
}

extension ByteString: Comparable {
    /// Bytewise order, the order of `strcmp` without its end at NUL.
    public static func < (left: ByteString, right: ByteString) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension ByteString: CustomStringConvertible {
    /// Safe to show on a terminal: control characters, and bytes that are not UTF-8, appear as `\xNN`.
    public var description: String {
        if let text = utf8Text, !text.unicodeScalars.contains(where: Self.needsEscape) { return text }
        var shown = ""
        var rest = bytes[...]
        while let first = rest.first {
            let length = Self.sequenceLength(first)
            let prefix = rest.prefix(length)
            if let text = String(validating: prefix, as: UTF8.self), let scalar = text.unicodeScalars.first,
                !Self.needsEscape(scalar)
            {
                shown += text
                rest = rest.dropFirst(prefix.count)
            } else {
                let hex = String(first, radix: 16)
                shown += "\\x" + (hex.utf8.count == 1 ? "0" : "") + hex
                rest = rest.dropFirst()
            }
        }
        return shown
    }

    /// C0, DEL, C1, and the separators and direction marks that could make a message read as another one.
    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0, 0x2028...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0xfeff: true
        default: false
        }
    }

    private static func sequenceLength(_ first: UInt8) -> Int {
        switch first {
        case 0xc2...0xdf: 2
        case 0xe0...0xef: 3
        case 0xf0...0xf4: 4
        default: 1
        }
    }
}
