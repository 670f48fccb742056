/// What an image runs on, in the words of Go's `GOOS` and `GOARCH`.
///
/// Source: OCI image-spec v1.1, image-index.md, `platform`.
public struct Platform: Hashable, Sendable {
    public var os: String
    public var architecture: String
    public var variant: String?
    /// Members of the document that stacker does not know.
    var other: [String: JSONValue] = [:]

    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    init(_ value: JSONValue, at place: String) throws(InvalidDocument) {
        var members = try JSONMembers(value, at: place)
        os = try members.requiredString("os")
        architecture = try members.requiredString("architecture")
        variant = try members.string("variant")
        for (name, text) in [("os", os), ("architecture", architecture)] where !Self.isPlain(text) {
            throw InvalidDocument(members.path(name), "\"\(text.prefix(100))\" names no platform")
        }
        other = members.rest
    }

    /// Letters, digits and `._-`: such a name can never be a path.
    static func isPlain(_ text: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
            default: false
            }
        } && text != ".."
    }

    var json: JSONValue {
        var members = other
        members["os"] = .string(os)
        members["architecture"] = .string(architecture)
        members["variant"] = variant.map(JSONValue.string)
        return .object(members)
    }
}

extension Platform: CustomStringConvertible {
    public var description: String { ([os, architecture] + [variant].compactMap(\.self)).joined(separator: "/") }
}

extension Platform {
    /// The machine this program was built for.
    public static let host = Platform(os: "linux", architecture: hostArchitecture)

    #if arch(x86_64)
        private static let hostArchitecture = "amd64"
    #elseif arch(arm64)
        private static let hostArchitecture = "arm64"
    #elseif arch(arm)
        private static let hostArchitecture = "arm"
    #elseif arch(i386)
        private static let hostArchitecture = "386"
    #elseif arch(powerpc64le)
        private static let hostArchitecture = "ppc64le"
    #elseif arch(s390x)
        private static let hostArchitecture = "s390x"
    #elseif arch(riscv64)
        private static let hostArchitecture = "riscv64"
    #endif
}
