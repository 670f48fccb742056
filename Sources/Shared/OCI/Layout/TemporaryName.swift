import Diagnostics

/// Names for files that are not finished; nobody else makes such names, so what was left can be told apart.
enum TemporaryName {
    private static let prefix = Array("tmp.".utf8)

    static func make() -> ByteString {
        var name = prefix
        for _ in 0..<32 { name.append(Array("0123456789abcdef".utf8).randomElement() ?? 0x30) }
        return ByteString(name)
    }

    static func matches(_ name: ByteString) -> Bool {
        name.bytes.starts(with: prefix) && name.count == prefix.count + 32
            && name.bytes.dropFirst(prefix.count).allSatisfy {
                (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
            }
    }
}
