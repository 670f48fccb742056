/// The extended attributes of one file or directory, sorted out by ``AttributeRule``.
struct FileAttributes: Hashable {
    var carried: [ExtendedAttribute] = []
    var isOpaque = false
    var isWhiteout = false
    /// How many an archive cannot hold.
    var unwritable = 0
}
