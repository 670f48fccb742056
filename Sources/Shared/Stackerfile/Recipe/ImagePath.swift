public import Diagnostics

/// `stacker://IMAGE/PATH`: a file in the root file system of another image of the same build.
public struct ImagePath: Hashable, Sendable {
    public var image: String
    /// Begins with `/`, and holds no `..`.
    public var path: ByteString

    /// The root directory of an image.
    ///
    /// - Returns: `nil` for what cannot be the name of one.
    public init?(image: String) {
        guard ImageName.complaint(about: ByteString(image)) == nil else { return nil }
        self.init(image: image, path: "/")
    }

    static let scheme = "stacker"

    /// - Returns: `nil` for text that is none; ``complaint(about:)`` says why.
    public init?(_ text: ByteString) {
        guard Self.complaint(about: text) == nil, let parts = Self.parts(of: text) else { return nil }
        self = parts
    }

    /// What is wrong with text of this scheme; `nil` for what is good, and for what is of another scheme.
    static func complaint(about text: ByteString) -> String? {
        guard text.bytes.starts(with: prefix) else { return nil }
        guard let parts = parts(of: text) else {
            return "'\(Shown.text(text))' names nothing in an image"
        }
        if let complaint = ImageName.complaint(about: ByteString(parts.image)) { return complaint }
        guard !parts.path.bytes.split(separator: 0x2f).contains([0x2e, 0x2e]) else {
            return "the path '\(Shown.text(text))' cannot hold '..'"
        }
        return nil
    }

    private static let prefix = Array("\(scheme)://".utf8)

    private static func parts(of text: ByteString) -> ImagePath? {
        guard text.bytes.starts(with: prefix) else { return nil }
        let rest = text.bytes.dropFirst(prefix.count)
        guard let slash = rest.firstIndex(of: 0x2f) else { return nil }
        let image = String(decoding: rest[..<slash], as: UTF8.self)
        return ImagePath(image: image, path: ByteString(rest[slash...]))
    }

    private init(image: String, path: ByteString) {
        self.image = image
        self.path = path
    }
}
