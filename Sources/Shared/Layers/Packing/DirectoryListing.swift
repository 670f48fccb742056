import CShims
import Diagnostics
import Glibc
import LinuxSystem

/// The names in one directory, in bytewise order.
///
/// All names lie in one array, so that a directory of a million entries costs its bytes and not a million objects.
struct DirectoryListing {
    struct Entry {
        fileprivate var start: Int
        fileprivate var length: Int
        /// What the directory says the entry is; `nil` where the file system does not say.
        var kind: FileStatus.Kind?
    }

    private var names: [UInt8] = []
    private(set) var entries: [Entry] = []

    /// Reads the whole directory; `buffer` is only a place to read into.
    ///
    /// Source: getdents64(2).
    init(
        of directory: CInt, at path: @autoclosure () -> ByteString, buffer: inout [UInt8]
    ) throws(SystemError) {
        while true {
            let count = try check("getdents64", path()) {
                unsafe buffer.withUnsafeMutableBytes { unsafe stk_getdents64(directory, $0.baseAddress, $0.count) }
            }
            guard count > 0 else { break }
            add(buffer[..<count])
        }
        sort()
    }

    /// Lets `body` see the name as a C string.
    func withName<Result, Failing: Error>(
        of entry: Entry, _ body: (UnsafePointer<CChar>) throws(Failing) -> Result
    ) throws(Failing) -> Result {
        try unsafe names.withUnsafeBufferPointer { names throws(Failing) in
            guard let base = unsafe UnsafeRawPointer(names.baseAddress) else {
                preconditionFailure("a listing with entries has names")
            }
            return try unsafe body(base.advanced(by: entry.start).assumingMemoryBound(to: CChar.self))
        }
    }

    func name(of entry: Entry) -> ArraySlice<UInt8> { names[entry.start..<(entry.start + entry.length)] }

    private enum Layout {
        static let recordLength = 16
        static let kind = 18
        static let name = 19
    }

    private mutating func add(_ records: ArraySlice<UInt8>) {
        var record = records
        while record.count > Layout.name {
            let start = record.startIndex
            let length =
                Int(record[start + Layout.recordLength]) | Int(record[start + Layout.recordLength + 1]) << 8
            precondition(length > Layout.name && length <= record.count, "the kernel lays records out as it says")
            let name = record[(start + Layout.name)..<(start + length)].prefix { $0 != 0 }
            if !Self.isSelfOrParent(name) {
                entries.append(
                    Entry(start: names.count, length: name.count, kind: Self.kind(record[start + Layout.kind])))
                names += name
                names.append(0)
            }
            record = record.dropFirst(length)
        }
    }

    private static func isSelfOrParent(_ name: ArraySlice<UInt8>) -> Bool {
        name.count <= 2 && name.allSatisfy { $0 == UInt8(ascii: ".") }
    }

    private static func kind(_ type: UInt8) -> FileStatus.Kind? {
        switch Int(type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .directory
        case Int(DT_LNK): .symbolicLink
        case Int(DT_CHR): .characterDevice
        case Int(DT_BLK): .blockDevice
        case Int(DT_FIFO): .fifo
        case Int(DT_SOCK): .socket
        default: nil
        }
    }

    private mutating func sort() {
        unsafe names.withUnsafeBytes { names in
            guard let base = names.baseAddress else { return }
            // Each name ends with NUL, the smallest byte, so strcmp(3) orders them as their bytes do.
            entries.sort { left, right in
                unsafe strcmp(
                    base.advanced(by: left.start).assumingMemoryBound(to: CChar.self),
                    base.advanced(by: right.start).assumingMemoryBound(to: CChar.self)) < 0
            }
        }
    }
}
