public import Diagnostics

/// Something in `source`, a directory of the worker's root, to be copied to `target` beside it.
public struct CopyJob: Hashable, Sendable {
    /// Absolute below `source`, where links lead as if it were `/`.
    public var path: ByteString
    /// Whether what is in the directory is meant, and not the directory itself.
    public var takesContents: Bool
    /// Whether a link at the end of `path` stands for what it leads to; otherwise it is copied as a link.
    public var followsLink: Bool
    /// Absolute below `target`, as ``CopyPlacement`` reads it; links lead as if that were `/`.
    public var destination: ByteString
    public var manner: Manner
    /// Owner of what is made; `nil` for that of the source.
    public var user: UInt32?
    public var group: UInt32?
    /// Permission bits of the files; `nil` for those of the source.
    public var mode: UInt32?
    /// A directory of `target` that is the source instead, and whose entries are moved; it goes in the end.
    ///
    /// What is moved has the content, modes and times that it shall have, and belongs to root.
    public var staged: ByteString?
    /// Whether extended attributes are copied: those named `user.`, and file capabilities.
    public var keepsAttributes: Bool

    /// What becomes of names that are taken, and who shall be able to clean up.
    public enum Manner: UInt8, Hashable, Sendable, CaseIterable {
        /// As in an image: files replace files, directories are merged and keep what they were.
        case overlay = 1
        /// Into a directory of stacker's: a name that is taken is an error, directories are root's and stay accessible.
        case plain = 2
        /// The same for a person: besides, what is no file, directory or link is an error.
        case strict = 3
    }

    public init(
        path: ByteString, takesContents: Bool, followsLink: Bool, destination: ByteString, manner: Manner,
        user: UInt32? = nil, group: UInt32? = nil, mode: UInt32? = nil, keepsAttributes: Bool
    ) {
        self.path = path
        self.takesContents = takesContents
        self.followsLink = followsLink
        self.destination = destination
        self.manner = manner
        self.user = user
        self.group = group
        self.mode = mode
        self.keepsAttributes = keepsAttributes
    }
}

/// What copying left out, worded for people; each kind once, with a count.
public struct CopyResult: Hashable, Sendable {
    /// Files, directories and links that were made.
    public var entries: UInt64
    public var warnings: [String]

    public init(entries: UInt64, warnings: [String]) {
        self.entries = entries
        self.warnings = warnings
    }
}

extension CopyJob {
    func encode(into writer: inout MessageWriter) {
        writer.append(path)
        writer.append(takesContents)
        writer.append(followsLink)
        writer.append(destination)
        writer.append(manner.rawValue)
        for number in [user, group, mode] { writer.append(number) { $0.append($1) } }
        writer.append(staged) { $0.append($1) }
        writer.append(keepsAttributes)
    }

    init(reading reader: inout MessageReader) throws(MalformedMessage) {
        path = try reader.byteString("path")
        takesContents = try reader.flag("contents")
        followsLink = try reader.flag("link")
        destination = try reader.byteString("destination")
        guard let manner = Manner(rawValue: try reader.integer("manner")) else { throw MalformedMessage("manner") }
        self.manner = manner
        user = try reader.number("user")
        group = try reader.number("group")
        mode = try reader.number("mode")
        staged = try reader.optional("staged") { (reader) throws(MalformedMessage) in try reader.byteString("staged") }
        keepsAttributes = try reader.flag("attributes")
    }
}

extension MessageReader {
    fileprivate mutating func number(_ field: String) throws(MalformedMessage) -> UInt32? {
        try optional(field) { (reader) throws(MalformedMessage) in try reader.integer(field) }
    }
}
