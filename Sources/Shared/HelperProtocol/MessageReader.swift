public import Diagnostics
import Glibc
public import LinuxSystem

/// A message that does not say what it should: it ends early, goes on too long, or holds an impossible value.
public struct MalformedMessage: Error, Hashable, Sendable {
    /// What was being read.
    public let field: String

    public init(_ field: String) { self.field = field }
}

extension MalformedMessage: Explainable {
    public var explanation: Failure {
        Failure("malformed message between the programs of stacker: \(field)", class: .rejected)
    }
}

/// Takes a message apart, the inverse of ``MessageWriter``; never traps, whatever the bytes.
public struct MessageReader {
    private let bytes: [UInt8]
    private var offset = 0

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public mutating func integer<Value: FixedWidthInteger>(
        _ field: String, as type: Value.Type = Value.self
    ) throws(MalformedMessage) -> Value {
        let width = Value.bitWidth / 8
        guard bytes.count - offset >= width else { throw MalformedMessage(field) }
        var value: Value = 0
        for index in 0..<width { value |= Value(truncatingIfNeeded: bytes[offset + index]) << (8 * index) }
        offset += width
        return value
    }

    public mutating func flag(_ field: String) throws(MalformedMessage) -> Bool {
        switch try integer(field, as: UInt8.self) {
        case 0: false
        case 1: true
        default: throw MalformedMessage(field)
        }
    }

    public mutating func byteString(_ field: String) throws(MalformedMessage) -> ByteString {
        let length = Int(try integer(field, as: UInt32.self))
        guard bytes.count - offset >= length else { throw MalformedMessage(field) }
        defer { offset += length }
        return ByteString(Array(bytes[offset..<offset + length]))
    }

    /// Text that people will read; bytes that are not UTF-8 make the message malformed.
    public mutating func text(_ field: String) throws(MalformedMessage) -> String {
        guard let text = try byteString(field).utf8Text else { throw MalformedMessage(field) }
        return text
    }

    public mutating func list<Element>(
        _ field: String, _ element: (inout MessageReader) throws(MalformedMessage) -> Element
    ) throws(MalformedMessage) -> [Element] {
        let count = Int(try integer(field, as: UInt32.self))
        // Every element takes at least one byte, so a count past the rest of the message cannot be honest.
        guard count <= bytes.count - offset else { throw MalformedMessage(field) }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }

    public mutating func optional<Value>(
        _ field: String, _ value: (inout MessageReader) throws(MalformedMessage) -> Value
    ) throws(MalformedMessage) -> Value? {
        try flag(field) ? try value(&self) : nil
    }

    /// Says that the message must end here.
    public func finish() throws(MalformedMessage) {
        guard offset == bytes.count else { throw MalformedMessage("bytes after its end") }
    }
}

extension MessageReader {
    /// Receives one framed message.
    ///
    /// - Returns: `nil` when the other side closed the channel before a message began.
    public static func receive(
        from channel: borrowing OwnedDescriptor, limits: Limits = Limits()
    ) throws -> MessageReader? {
        guard let header = try receive(count: 4, from: channel) else { return nil }
        var reader = MessageReader(header)
        let length = Int(try reader.integer("length", as: UInt32.self))
        guard length <= limits.messageBytes else { throw MalformedMessage("a length of \(length) bytes") }
        guard let body = try receive(count: length, from: channel) else { throw MalformedMessage("its end is missing") }
        return MessageReader(body)
    }

    private static func receive(count: Int, from channel: borrowing OwnedDescriptor) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let piece = try channel.read(upTo: min(count - bytes.count, 65_536))
            if piece.isEmpty {
                guard bytes.isEmpty else { throw MalformedMessage("its end is missing") }
                return count == 0 ? [] : nil
            }
            bytes += piece
        }
        return bytes
    }
}
