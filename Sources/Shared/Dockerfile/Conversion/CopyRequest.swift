import Diagnostics

/// What a COPY or ADD asks for, its variables replaced.
struct CopyRequest {
    struct Source {
        var path: ByteString
        /// Where it is in the file.
        var offset: Int
    }

    var keyword: String
    var offset: Int
    var sources: [Source]
    /// Absolute, without `/` at its end.
    var destination: ByteString
    /// Whether the destination is a directory that things are put into.
    var isDirectory: Bool
    var owner: Owner?
    var mode: ByteString?
    var hash: ByteString?

    /// From `--chown`.
    struct Owner {
        var user: ByteString
        var group: ByteString?
        var isNumeric: Bool
    }

    /// As an import has it.
    var importDestination: ByteString { isDirectory ? PathText.asDirectory(destination) : destination }
}
