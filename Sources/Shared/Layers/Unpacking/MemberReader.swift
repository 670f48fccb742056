/// Reads the members of an archive in order.
protocol MemberReader: ~Copyable {
    /// Members so far.
    var entries: UInt64 { get }

    /// The next member; what is left of the data of the one before is passed over.
    ///
    /// - Returns: `nil` at the end of the archive.
    mutating func next() throws -> ArchiveMember?

    /// Calls `body` with the data of the current member, piece by piece, and where in the file each piece belongs.
    mutating func readData(_ body: (UnsafeRawBufferPointer, _ offset: UInt64) throws -> Void) throws
}
