public import Diagnostics

/// Which distribution this host runs, as far as its commands differ.
public struct Distribution: Hashable, Sendable {
    public var family: Family
    /// `PRETTY_NAME`, or the id and version where there is none; "Linux" where nothing is known.
    public var name: ByteString
    /// `VERSION_ID`; rolling distributions have none.
    public var version: ByteString?

    public enum Family: Hashable, Sendable, CaseIterable {
        /// Debian, Ubuntu and what is made from them.
        case debian
        /// Fedora, RHEL and its rebuilds.
        case fedora
        case suse
        case arch
        case alpine
        case nixos
        case unknown
    }

    public init(family: Family, name: ByteString, version: ByteString? = nil) {
        self.family = family
        self.name = name
        self.version = version
    }

    /// Reads os-release.
    ///
    /// Source: os-release(5). `ID` decides, then the words of `ID_LIKE` in their order.
    public init(parsing bytes: [UInt8]) {
        var fields: [ByteString: ByteString] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let equals = line.firstIndex(of: UInt8(ascii: "=")), line.first != UInt8(ascii: "#") else { continue }
            fields[ByteString(line[..<equals])] = Self.value(line[(equals + 1)...])
        }
        let id = fields["ID"] ?? "linux"
        let similar = (fields["ID_LIKE"] ?? "").bytes.split(separator: UInt8(ascii: " ")).map { ByteString($0) }
        family = ([id] + similar).lazy.compactMap { Self.families[$0] }.first ?? .unknown
        version = fields["VERSION_ID"]
        name = fields["PRETTY_NAME"] ?? (fields["ID"] == nil ? "Linux" : id)
    }

    private static let families: [ByteString: Family] = [
        "debian": .debian, "ubuntu": .debian,
        "fedora": .fedora, "rhel": .fedora, "centos": .fedora,
        "suse": .suse, "opensuse": .suse, "opensuse-leap": .suse, "opensuse-tumbleweed": .suse, "sles": .suse,
        "arch": .arch, "alpine": .alpine, "nixos": .nixos,
    ]

    /// The value as a shell would read it: one pair of quotes around it, a backslash before what stands for itself.
    private static func value(_ text: ArraySlice<UInt8>) -> ByteString {
        let quotes = [UInt8(ascii: "\""), UInt8(ascii: "'")]
        var text = text
        // A file with carriage returns is no os-release, but its names are still of use.
        if text.last == UInt8(ascii: "\r") { text.removeLast() }
        if let first = text.first, quotes.contains(first), text.count >= 2, text.last == first {
            text = text.dropFirst().dropLast()
        }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in text {
            if byte == UInt8(ascii: "\\"), !isEscaped {
                isEscaped = true
            } else {
                bytes.append(byte)
                isEscaped = false
            }
        }
        return ByteString(bytes)
    }
}
