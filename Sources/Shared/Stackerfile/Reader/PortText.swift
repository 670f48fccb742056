public import Diagnostics

/// Ports that a program in a container listens on.
public enum PortText {
    /// `80/tcp` for `80` and `80/tcp`, all of them for `8000-8010/udp`; `nil` for anything else.
    ///
    /// Source: OCI image-spec v1.1, config.md, `ExposedPorts`; the ranges of Docker's EXPOSE.
    public static func ports(_ text: ByteString) -> [String]? {
        let parts = text.bytes.split(separator: 0x2f, omittingEmptySubsequences: false)
        guard let range = parts.first, parts.count <= 2 else { return nil }
        let word = parts.count == 2 ? String(decoding: parts[1], as: UTF8.self).lowercased() : "tcp"
        guard ["tcp", "udp", "sctp"].contains(word) else { return nil }
        let ends = range.split(separator: 0x2d, omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = ends.first.flatMap(number), let last = ends.last.flatMap(number),
            first <= last
        else { return nil }
        return (first...last).map { "\($0)/\(word)" }
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...5).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }), digits.first != 0x30
        else { return nil }
        let value = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return value <= 65_535 ? value : nil
    }
}
