public import Diagnostics
public import LinuxSystem

/// Builds one message: fixed-width little-endian integers, and byte strings behind their 32-bit length.
public struct MessageWriter {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public mutating func append(_ value: some FixedWidthInteger) {
        var rest = value
        for _ in 0..<(value.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    public mutating func append(_ value: Bool) { bytes.append(value ? 1 : 0) }

    public mutating func append(_ value: ByteString) {
        append(UInt32(value.count))
        bytes += value.bytes
    }

    public mutating func append(_ value: String) { append(ByteString(value)) }

    public mutating func append<Element>(_ values: [Element], _ body: (inout MessageWriter, Element) -> Void) {
        append(UInt32(values.count))
        for value in values { body(&self, value) }
    }

    public mutating func append<Value>(_ value: Value?, _ body: (inout MessageWriter, Value) -> Void) {
        append(value != nil)
        if let value { body(&self, value) }
    }
}

extension MessageWriter {
    /// Sends the message behind its 32-bit length.
    public func send(to channel: borrowing OwnedDescriptor) throws(SystemError) {
        var framed = MessageWriter()
        framed.append(UInt32(bytes.count))
        try channel.write(framed.bytes + bytes)
    }
}
