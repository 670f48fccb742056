import CArchive
import DynamicLibraries

/// The functions of libarchive that read the header of an entry.
@safe struct ArchiveEntryFunctions {
    let pathname: archive_entry_text_function
    let symbolicLink: archive_entry_text_function
    let hardLink: archive_entry_text_function
    let fileType: archive_entry_mode_function
    let permissions: archive_entry_mode_function
    let userID: archive_entry_integer_function
    let groupID: archive_entry_integer_function
    let size: archive_entry_integer_function
    let sizeIsSet: archive_entry_flag_function
    let modified: archive_entry_seconds_function
    let modifiedNanoseconds: archive_entry_nanoseconds_function
    let deviceMajor: archive_entry_device_function
    let deviceMinor: archive_entry_device_function
    let rewindAttributes: archive_entry_flag_function
    let nextAttribute: archive_entry_xattr_next_function

    init(_ library: SharedLibrary) throws(SharedLibrary.MissingFunction) {
        unsafe pathname = try library.function("archive_entry_pathname")
        unsafe symbolicLink = try library.function("archive_entry_symlink")
        unsafe hardLink = try library.function("archive_entry_hardlink")
        unsafe fileType = try library.function("archive_entry_filetype")
        unsafe permissions = try library.function("archive_entry_perm")
        unsafe userID = try library.function("archive_entry_uid")
        unsafe groupID = try library.function("archive_entry_gid")
        unsafe size = try library.function("archive_entry_size")
        unsafe sizeIsSet = try library.function("archive_entry_size_is_set")
        unsafe modified = try library.function("archive_entry_mtime")
        unsafe modifiedNanoseconds = try library.function("archive_entry_mtime_nsec")
        unsafe deviceMajor = try library.function("archive_entry_rdevmajor")
        unsafe deviceMinor = try library.function("archive_entry_rdevminor")
        unsafe rewindAttributes = try library.function("archive_entry_xattr_reset")
        unsafe nextAttribute = try library.function("archive_entry_xattr_next")
    }
}
