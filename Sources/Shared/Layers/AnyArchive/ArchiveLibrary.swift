import CArchive
public import Diagnostics
import DynamicLibraries
import Glibc

/// libarchive, opened on first use.
///
/// A program that is linked to it starts 1.2 ms later and maps fourteen libraries more, and hardly any build needs it.
/// Nothing can be opened in a worker's jail, so it has to be loaded BEFORE.
///
/// Source: libarchive(3), archive_read(3), archive_entry(3), version 3.
@safe public struct ArchiveLibrary: @unchecked Sendable {
    // Safety: pointers to functions that keep no state of their own; nobody closes the library.
    let makeReader: archive_read_new_function
    let freeReader: archive_read_free_function
    let openDescriptor: archive_read_open_fd_function
    let nextHeader: archive_read_next_header_function
    let readData: archive_read_data_function
    let readBlock: archive_read_data_block_function
    let errorText: archive_error_string_function
    let errorNumber: archive_errno_function
    let entry: ArchiveEntryFunctions
    /// What makes a reader know a compression, an archive format, and compressed data without any format.
    let compressions: [archive_read_support_function]
    let formats: [archive_read_support_function]
    let plainData: archive_read_support_function

    private static let name = "libarchive.so.13"

    /// Opens the library.
    ///
    /// - Throws: ``Failure`` that names the package, where it is not installed.
    public static func load() throws(Failure) -> ArchiveLibrary {
        guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
            throw missing(because: SharedLibrary.lastError)
        }
        return try ArchiveLibrary(unsafe SharedLibrary(handle: handle))
    }

    private init(_ library: SharedLibrary) throws(Failure) {
        do {
            unsafe makeReader = try library.function("archive_read_new")
            unsafe freeReader = try library.function("archive_read_free")
            unsafe openDescriptor = try library.function("archive_read_open_fd")
            unsafe nextHeader = try library.function("archive_read_next_header")
            unsafe readData = try library.function("archive_read_data")
            unsafe readBlock = try library.function("archive_read_data_block")
            unsafe errorText = try library.function("archive_error_string")
            unsafe errorNumber = try library.function("archive_errno")
            unsafe plainData = try library.function("archive_read_support_format_raw")
            entry = try ArchiveEntryFunctions(library)
        } catch {
            throw Self.missing(because: "it has no \(error.name)")
        }
        unsafe compressions = unsafe Self.working(Self.compressionNames, library, makeReader, freeReader)
        unsafe formats = unsafe Self.working(Self.formatNames, library, makeReader, freeReader)
    }

    /// Not here: what libarchive leaves to a program that it starts (lrzip, grzip, lzop), which a worker may not do.
    private static let compressionNames = [
        "gzip", "bzip2", "compress", "lzma", "xz", "lzip", "lz4", "zstd", "rpm",
    ].map { "archive_read_support_filter_\($0)" }

    /// Not here: tar, which our own reader reads in every compression; mtree, which names files to be read elsewhere;
    /// ar and warc, which hold no trees.
    private static let formatNames = [
        "cpio", "zip", "7zip", "xar", "iso9660", "cab", "lha", "rar", "rar5",
    ].map { "archive_read_support_format_\($0)" }

    /// Those that this build of the library brings along; for others it would start a program, or fail.
    private static func working(
        _ names: [String], _ library: SharedLibrary, _ makeReader: archive_read_new_function,
        _ freeReader: archive_read_free_function
    ) -> [archive_read_support_function] {
        guard let reader = unsafe makeReader() else { return unsafe [] }
        defer { _ = unsafe freeReader(reader) }
        return unsafe names.compactMap { name in
            guard let function: archive_read_support_function = unsafe library.optionalFunction(name),
                unsafe function(reader) == ARCHIVE_OK
            else { return nil }
            return unsafe function
        }
    }

    private static func missing(because reason: String) -> Failure {
        Failure(
            "this archive is not a tar, and needs libarchive", causes: ["cannot open \(name)", reason],
            hint: "install libarchive (package libarchive13 with apt, libarchive with dnf), or give the archive as tar")
    }
}
