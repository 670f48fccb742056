import CArchive
import Diagnostics
import Glibc

/// The header of the current entry of an ``OpenArchive``; gone with the next one.
@safe struct ArchiveEntry {
    let pointer: OpaquePointer
    let functions: ArchiveEntryFunctions

    var name: ByteString? { unsafe text(functions.pathname) }

    /// Bytes of its data, `nil` where only reading tells.
    func size() throws(InvalidArchive) -> UInt64? {
        guard unsafe functions.sizeIsSet(pointer) != 0 else { return nil }
        return try natural(unsafe functions.size(pointer), "size")
    }

    /// The member as a tar would have it.
    ///
    /// - Returns: `nil` for a socket, which no archive can bring back.
    func member(named name: ByteString, limits: Limits) throws(InvalidArchive) -> ArchiveMember? {
        guard let kind = try kind() else { return nil }
        let seconds = Int64(unsafe functions.modified(pointer))
        let nanoseconds = Int64(unsafe functions.modifiedNanoseconds(pointer))
        var member = ArchiveMember(
            name: name, kind: kind, mode: UInt32(unsafe functions.permissions(pointer)) & 0o7777,
            userID: try natural(unsafe functions.userID(pointer), "user id"),
            groupID: try natural(unsafe functions.groupID(pointer), "group id"),
            modified: FileTime(
                seconds: seconds, nanoseconds: (0..<1_000_000_000).contains(nanoseconds) ? nanoseconds : 0),
            extendedAttributes: try extendedAttributes(limits))
        if case .hardLink = kind, let size = try size(), size > 0 { member.linkHasData = true }
        return member
    }

    private func kind() throws(InvalidArchive) -> ArchiveMember.Kind? {
        if let target = unsafe text(functions.hardLink) { return .hardLink(target: target) }
        let type = mode_t(unsafe functions.fileType(pointer))
        switch type {
        case S_IFREG: return .file(size: try size() ?? 0)
        case S_IFDIR: return .directory
        case S_IFLNK:
            guard let target = unsafe text(functions.symbolicLink) else {
                throw .rejected("it is a symbolic link without a readable target")
            }
            return .symbolicLink(target: target)
        case S_IFCHR: return .characterDevice(major: device.major, minor: device.minor)
        case S_IFBLK: return .blockDevice(major: device.major, minor: device.minor)
        case S_IFIFO: return .fifo
        case S_IFSOCK: return nil
        default: throw .rejected("it is of no kind that can be unpacked")
        }
    }

    private var device: (major: UInt64, minor: UInt64) {
        (UInt64(unsafe functions.deviceMajor(pointer)), UInt64(unsafe functions.deviceMinor(pointer)))
    }

    private func extendedAttributes(_ limits: Limits) throws(InvalidArchive) -> [ExtendedAttribute] {
        let count = Int(unsafe functions.rewindAttributes(pointer))
        guard count <= limits.extendedAttributes else {
            throw .limit("it has more than \(limits.extendedAttributes) extended attributes")
        }
        var attributes: [ExtendedAttribute] = []
        var name: UnsafePointer<CChar>?
        var value: UnsafeRawPointer?
        var size = 0
        for _ in 0..<max(count, 0) {
            guard unsafe functions.nextAttribute(pointer, &name, &value, &size) == ARCHIVE_OK, let name = unsafe name
            else { break }
            attributes.append(
                unsafe ExtendedAttribute(
                    name: Self.bytes(of: name),
                    value: ByteString(UnsafeRawBufferPointer(start: value, count: size))))
        }
        return attributes
    }

    private func natural(_ value: Int64, _ what: String) throws(InvalidArchive) -> UInt64 {
        guard let natural = UInt64(exactly: value) else { throw .rejected("the \(what) \(value) is impossible") }
        return natural
    }

    private func text(_ function: archive_entry_text_function) -> ByteString? {
        guard let text = unsafe function(pointer) else { return nil }
        return unsafe Self.bytes(of: text)
    }

    /// The bytes as they are: a `String` would repair what is not UTF-8.
    private static func bytes(of text: UnsafePointer<CChar>) -> ByteString {
        unsafe ByteString(UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }
}
