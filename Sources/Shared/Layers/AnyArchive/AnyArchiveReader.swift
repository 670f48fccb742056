import CArchive
import Diagnostics
import LinuxSystem

/// Reads the members of an archive that is no tar, through libarchive.
@safe struct AnyArchiveReader: MemberReader, ~Copyable {
    private let archive: OpenArchive
    private let warnings: Warnings
    private let limits: Limits
    private var budget: ByteBudget
    private(set) var entries: UInt64 = 0
    /// Bytes of the current member that its header promised, and which are charged; `nil` where it did not.
    private var size: UInt64?

    /// Calls that may bring nothing before an archive counts as damaged.
    private static let mostIdleReads = 1_000

    init(
        _ file: borrowing OwnedDescriptor, _ library: ArchiveLibrary, maximumBytes: UInt64, limits: Limits,
        warnings: Warnings
    ) throws {
        archive = try unsafe OpenArchive.open(file, with: library, formats: library.formats)
        self.limits = limits
        self.warnings = warnings
        budget = ByteBudget(maximumBytes)
    }

    mutating func next() throws -> ArchiveMember? {
        while let (entry, isDoubtful) = try archive.next() {
            entries += 1
            guard entries <= limits.layerEntries else {
                throw InvalidArchive.limit("the archive has more than \(limits.layerEntries) members")
            }
            guard let name = entry.name else {
                throw InvalidArchive.rejected("member \(entries) has a name that cannot be read")
            }
            do {
                size = try entry.size()
                try budget.charge(size ?? 0)
                if isDoubtful { warnings.add(.doubtfulHeader, name) }
                if let member = try entry.member(named: name, limits: limits) { return member }
            } catch {
                throw error.about(name)
            }
            warnings.add(.socket, name)
        }
        return nil
    }

    mutating func readData(_ body: (UnsafeRawBufferPointer, _ offset: UInt64) throws -> Void) throws {
        var end: UInt64 = 0
        var idle = 0
        while true {
            var start: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let status = unsafe archive.library.readBlock(archive.pointer, &start, &count, &offset)
            if status == ARCHIVE_EOF { return }
            // A warning here is about the data itself: a checksum that does not fit.
            guard try !archive.check(status) else { throw InvalidArchive.rejected(archive.message) }
            guard let start = unsafe start, count > 0 else {
                idle += 1
                guard idle < Self.mostIdleReads else { throw InvalidArchive.rejected("its data is damaged") }
                continue
            }
            guard let position = UInt64(exactly: offset), position >= end,
                case let (last, overflow) = position.addingReportingOverflow(UInt64(count)), !overflow
            else { throw InvalidArchive.rejected("its data is out of order") }
            if let size {
                guard last <= size else { throw InvalidArchive.rejected("it has more data than its header says") }
            } else {
                try budget.charge(last - end)
            }
            try unsafe body(UnsafeRawBufferPointer(start: start, count: count), position)
            end = last
        }
    }
}
