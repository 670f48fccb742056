import CArchive
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Owns one reader of libarchive and the descriptor that it reads from.
@safe struct OpenArchive: ~Copyable {
    let library: ArchiveLibrary
    let pointer: OpaquePointer
    private let descriptor: OwnedDescriptor

    private init(_ library: ArchiveLibrary, adopting pointer: OpaquePointer, _ descriptor: consuming OwnedDescriptor) {
        self.library = library
        unsafe self.pointer = unsafe pointer
        self.descriptor = descriptor
    }

    // The status is about data that nobody asked for.
    deinit { _ = unsafe library.freeReader(pointer) }

    /// ARCHIVE_ERRNO_FILE_FORMAT, which no header of libarchive publishes, where the system has no EFTYPE.
    private static let unknownFormat = EILSEQ

    /// Opens the archive in `file` from its beginning, in any compression and one of `formats`.
    static func open(
        _ file: borrowing OwnedDescriptor, with library: ArchiveLibrary, formats: [archive_read_support_function]
    ) throws -> OpenArchive {
        let descriptor = try file.duplicate()
        do throws(SystemError) {
            try descriptor.rewind()
        } catch {
            guard error.errno == .illegalSeek else { throw error }
            throw InvalidArchive.rejected(
                "it can be read only once, which is enough for a tar only", hint: "copy it into a file first")
        }
        guard let pointer = unsafe library.makeReader() else {
            throw InvalidArchive.limit("there is no memory left to read it")
        }
        let number = descriptor.raw
        let archive = unsafe OpenArchive(library, adopting: pointer, descriptor)
        let supports = unsafe library.compressions + formats
        for index in unsafe supports.indices { _ = try archive.check(unsafe supports[index](pointer)) }
        let status = unsafe library.openDescriptor(pointer, number, 1 << 16)
        guard unsafe status >= ARCHIVE_WARN || library.errorNumber(pointer) != unknownFormat else {
            throw InvalidArchive.unsupported("its format is not known")
        }
        _ = try archive.check(status)
        return archive
    }

    /// Goes on to the next entry.
    ///
    /// - Returns: `nil` at the end of the archive.
    func next() throws(InvalidArchive) -> (entry: ArchiveEntry, isDoubtful: Bool)? {
        var entry: OpaquePointer?
        let status = unsafe library.nextHeader(pointer, &entry)
        if status == ARCHIVE_EOF { return nil }
        let isDoubtful = try check(status)
        guard let entry = unsafe entry else { throw .rejected("it has an entry without a header") }
        return unsafe (ArchiveEntry(pointer: entry, functions: library.entry), isDoubtful)
    }

    /// Judges a status that is not "end of archive".
    ///
    /// - Returns: Whether it is a warning.
    /// - Throws: What libarchive says; also where it would let us try again, because corrupt data may say so for ever.
    func check(_ status: CInt) throws(InvalidArchive) -> Bool {
        if status == ARCHIVE_OK { return false }
        if status == ARCHIVE_WARN { return true }
        throw .rejected(message)
    }

    /// The text of the last error.
    var message: String {
        guard let text = unsafe library.errorText(pointer) else { return "it is damaged" }
        // Some texts end in a line break.
        let line = unsafe String(cString: text).utf8.split(separator: UInt8(ascii: "\n")).first
        return line.map { ByteString($0).description } ?? "it is damaged"
    }
}
