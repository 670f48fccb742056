public import Diagnostics

/// Where this host keeps subordinate ids.
public enum SubordinateIDSource: Hashable, Sendable {
    /// /etc/subuid and /etc/subgid.
    case files
    /// A service that libsubid asks through a plugin; newuidmap then ignores the files.
    case service(ByteString)

    /// Reads /etc/nsswitch.conf as shadow does.
    ///
    /// The first line that starts with `subid:`, in any case and without a blank before it, decides by its first word.
    public init(parsing bytes: [UInt8]) {
        let key = Array("subid:".utf8)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard line.prefix(key.count).map(Self.lowercased) == key else { continue }
            let words = line.dropFirst(key.count).split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            guard let word = words.first else { continue }
            self = ByteString(word) == "files" ? .files : .service(ByteString(word))
            return
        }
        self = .files
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
