public import Diagnostics

/// Where a copy goes: the one reading of a source, a destination and the slashes at their ends.
public struct CopyPlacement: Hashable, Sendable {
    /// The way to a directory of the target, which is made where it is missing.
    public var directory: [ByteString]
    /// What the copy is called there; `nil` where what is in the source goes into the directory.
    public var name: ByteString?
    /// Whether the directory, where it is made, is a new one, and not a copy of the source.
    public var isNewDirectory = false

    /// Reads them.
    ///
    /// - Parameters:
    ///   - name: The last component of the source; empty where it has none.
    ///   - isDirectory: Whether the source is one.
    ///   - takesContents: Whether the source says, by a `/` at its end, that its content is meant.
    ///   - destination: Absolute; a `/` at its end says that it is a directory to put the source into, and a `/.` that a
    ///     file goes into it and so does what is in a directory, as COPY of a Dockerfile does it.
    public init(of name: ByteString, isDirectory: Bool, takesContents: Bool, at destination: ByteString) {
        let components = Self.components(of: destination)
        let last = destination.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? []
        isNewDirectory = last.elementsEqual([UInt8(ascii: ".")])
        let isFolder = components.isEmpty || last.isEmpty || isNewDirectory
        if takesContents || name.isEmpty || (isDirectory && (!isFolder || isNewDirectory)) {
            (directory, self.name) = (components, nil)
        } else if isFolder {
            (directory, self.name) = (components, name)
        } else {
            (directory, self.name) = (components.dropLast(), components.last)
        }
    }

    /// The names of a path, without those that are empty or `.`.
    public static func components(of path: ByteString) -> [ByteString] {
        path.bytes.split(separator: UInt8(ascii: "/")).map { ByteString($0) }.filter { $0 != "." }
    }
}
