public import Diagnostics
import LinuxSystem
import Stackerfile
public import SystemPackage

/// What `stacker grab` was asked: files of images, and where they go.
public struct GrabArguments: Hashable, Sendable {
    /// One file or directory of an image.
    public struct Item: Hashable, Sendable {
        public var tag: String
        /// Absolute in the image.
        public var path: ByteString
        /// What it is called here: its last component.
        public var name: ByteString

        /// `TAG:PATH`, split at the first colon.
        ///
        /// - Returns: `nil` for text that is none.
        public init?(_ text: ByteString) {
            guard let colon = text.bytes.firstIndex(of: UInt8(ascii: ":")),
                let tag = ByteString(text.bytes[..<colon]).utf8Text, ImagePath(image: tag) != nil
            else { return nil }
            let names = text.bytes[colon...].dropFirst().split(separator: UInt8(ascii: "/")).map { ByteString($0) }
                .filter { $0 != "." }
            guard let name = names.last, name != "..", !text.containsNUL else { return nil }
            self.tag = tag
            self.name = name
            path = ByteString(names.flatMap { [UInt8(ascii: "/")] + $0.bytes })
        }
    }

    public var items: [Item]
    /// A directory; `nil` is the working directory.
    public var destination: FilePath?

    /// Reads `TAG:PATH…`, of which the last may be a directory instead: it has no colon, or begins with `/` or `.`.
    public init(_ arguments: [String]) throws(Failure) {
        var rest = arguments[...]
        if arguments.count > 1, let last = arguments.last, Item(ByteString(last)) == nil,
            let path = FilePath(ByteString(last)), !path.isEmpty
        {
            destination = path
            rest.removeLast()
        }
        items = []
        for argument in rest {
            guard let item = Item(ByteString(argument)) else {
                throw Failure(
                    "invalid grab argument: \(ByteString(argument))",
                    hint: "write TAG:PATH, such as app:/usr/bin/tool", class: .usage)
            }
            if let other = items.first(where: { $0.name == item.name }) {
                throw Failure(
                    "two files would be named \(item.name)",
                    causes: ["\(other.tag):\(other.path) and \(item.tag):\(item.path)"],
                    hint: "grab them one after the other, into different directories", class: .usage)
            }
            items.append(item)
        }
        guard !items.isEmpty else {
            throw Failure(
                "nothing to grab", hint: "write TAG:PATH, such as app:/usr/bin/tool", class: .usage)
        }
    }
}
