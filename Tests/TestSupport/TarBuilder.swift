public import Diagnostics
import Glibc

/// Makes tar archives by hand, so that a header may say what no tar program would write.
///
/// Checksums are right unless `edit` is told otherwise; owners are those of this process unless a test says more.
public struct TarBuilder: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public init(_ body: (inout TarBuilder) -> Void) { body(&self) }

    /// The archive with its end: two blocks of zeros.
    public var finished: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }

    /// One header in the ustar form, and its data, padded.
    ///
    /// `size` is what the header claims, the length of `data` by default. `edit` changes the block BEFORE its checksum is
    /// computed.
    public mutating func add(
        _ name: ByteString, type: Character = "0", data: [UInt8] = [], link: ByteString = "", mode: UInt32 = 0o644,
        user: UInt32? = nil, group: UInt32? = nil, modified: Int = 1_000_000_000, size: Int? = nil,
        edit: (inout [UInt8]) -> Void = { _ in }
    ) {
        var block = [UInt8](repeating: 0, count: 512)
        Self.put(name.bytes.prefix(100), at: 0, in: &block)
        Self.put(octal(Int(mode), 7), at: 100, in: &block)
        Self.put(octal(Int(user ?? geteuid()), 7), at: 108, in: &block)
        Self.put(octal(Int(group ?? getegid()), 7), at: 116, in: &block)
        Self.put(octal(size ?? data.count, 11), at: 124, in: &block)
        Self.put(octal(modified, 11), at: 136, in: &block)
        block[156] = type.asciiValue ?? 0
        Self.put(link.bytes.prefix(100), at: 157, in: &block)
        Self.put(Array("ustar\u{0}00".utf8), at: 257, in: &block)
        edit(&block)
        bytes += Self.withChecksum(block)
        append(padded: data)
    }

    public mutating func file(_ name: ByteString, _ text: String = "", mode: UInt32 = 0o644) {
        add(name, data: Array(text.utf8), mode: mode)
    }

    public mutating func directory(_ name: ByteString, mode: UInt32 = 0o755) { add(name, type: "5", mode: mode) }

    public mutating func symbolicLink(_ name: ByteString, to target: ByteString) { add(name, type: "2", link: target) }

    public mutating func hardLink(_ name: ByteString, to target: ByteString) { add(name, type: "1", link: target) }

    /// An extended header (`x`, or `g` for a global one) with these records.
    public mutating func extended(_ records: [(ByteString, ByteString)], type: Character = "x") {
        add("PaxHeaders/next", type: type, data: records.flatMap { Self.record($0.0, $0.1) })
    }

    /// A long name (`L`) or link target (`K`) in the form of GNU tar.
    public mutating func long(_ type: Character, _ text: ByteString) {
        add("././@LongLink", type: type, data: text.bytes + [0])
    }

    public mutating func append(raw: [UInt8]) { bytes += raw }

    /// Bytes, and zeros up to the next block.
    public mutating func append(padded data: [UInt8]) {
        bytes += data
        bytes += [UInt8](repeating: 0, count: (512 - data.count % 512) % 512)
    }

    /// One `LENGTH KEY=VALUE\n`, where the length counts itself.
    public static func record(_ key: ByteString, _ value: ByteString) -> [UInt8] {
        let body = [UInt8(ascii: " ")] + key.bytes + [UInt8(ascii: "=")] + value.bytes + [UInt8(ascii: "\n")]
        var length = body.count + 1
        while String(length).utf8.count + body.count != length { length += 1 }
        return Array(String(length).utf8) + body
    }

    public static func put(_ value: some Collection<UInt8>, at offset: Int, in block: inout [UInt8]) {
        block.replaceSubrange(offset..<offset + value.count, with: value)
    }

    /// The block with the right checksum in it.
    public static func withChecksum(_ block: [UInt8]) -> [UInt8] {
        var block = block
        put([UInt8](repeating: UInt8(ascii: " "), count: 8), at: 148, in: &block)
        let sum = block.reduce(0) { $0 + Int($1) }
        put(Array(String(sum, radix: 8).utf8), at: 148, in: &block)
        return block
    }

    private func octal(_ value: Int, _ digits: Int) -> [UInt8] {
        let text = Array(String(value, radix: 8).utf8)
        return [UInt8](repeating: UInt8(ascii: "0"), count: max(0, digits - text.count)) + text
    }
}
