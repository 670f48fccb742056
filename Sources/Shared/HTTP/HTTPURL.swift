public import Diagnostics

/// A URL with the scheme http or https, without credentials, in the characters that a request can carry.
public struct HTTPURL: Hashable, Sendable, CustomStringConvertible {
    /// As it was written, a fragment included.
    public let description: String
    public let isEncrypted: Bool

    /// Whether text is meant as such a URL.
    public static func isMeant(by text: String) -> Bool { scheme(of: text) != nil }

    /// - Throws: What is wrong with the text, which credentials in it are left out of.
    public init(_ text: String) throws(Failure) {
        guard let scheme = Self.scheme(of: text) else {
            throw Failure("\(Self.shown(text)) is no URL with http or https", class: .rejected)
        }
        let rest = text.utf8.dropFirst(scheme.utf8.count + 3)
        let authority = rest.prefix { ![0x2f, 0x3f, 0x23].contains($0) }
        guard !authority.contains(0x40) else {
            throw Failure(
                "the URL \(scheme)://…@\(Self.shown(Self.host(of: authority))) holds credentials",
                hint: "leave them out: other programs could see them", class: .rejected)
        }
        guard text.utf8.count <= Self.longest, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            !authority.contains(0x5c), let first = authority.first, first != 0x3a
        else {
            throw Failure(
                "\(Self.shown(text)) cannot be a URL", hint: "write other characters than ASCII letters as %XX",
                class: .rejected)
        }
        description = text
        isEncrypted = scheme == "https"
    }

    private static let longest = 8_192

    private static func scheme(of text: String) -> String? {
        ["http", "https"].first { scheme in
            let start = text.utf8.prefix(scheme.utf8.count + 3).map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
            return start == Array("\(scheme)://".utf8)
        }
    }

    private static func host(of authority: Substring.UTF8View) -> String {
        String(decoding: authority.split(separator: 0x40, omittingEmptySubsequences: false).last ?? [], as: UTF8.self)
    }

    private static func shown(_ text: String) -> String { ByteString(String(text.prefix(200))).description }
}
