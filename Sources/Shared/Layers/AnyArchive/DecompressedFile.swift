import Diagnostics
import LinuxSystem

/// The bytes of a compressed file, in any compression that libarchive knows.
@safe final class DecompressedFile {
    private let archive: OpenArchive
    /// What was read to find out what it is.
    private let first = PlainBlock()
    private var isFirstTaken = false
    private var spare: PlainBlock?

    init(_ file: borrowing OwnedDescriptor, _ library: ArchiveLibrary) throws {
        archive = try unsafe OpenArchive.open(file, with: library, formats: [library.plainData])
        guard try archive.next() != nil else { return }
        try fill(first)
    }

    /// Whether a tar archive was compressed.
    var isTar: Bool { unsafe ArchiveCompression.isTar(Array(first.filled.prefix(ArchiveCompression.telling))) }

    /// The bytes from the beginning; to be asked once.
    func plainStream() -> PlainStream {
        PlainStream(nextBlock: { try self.nextBlock() }, recycle: { self.spare = $0 })
    }

    private func nextBlock() throws -> PlainBlock? {
        let block: PlainBlock
        if isFirstTaken {
            block = spare ?? PlainBlock()
            spare = nil
            try fill(block)
        } else {
            isFirstTaken = true
            block = first
        }
        return block.count > 0 ? block : nil
    }

    private func fill(_ block: PlainBlock) throws(InvalidArchive) {
        block.count = 0
        while !block.isFull {
            let space = unsafe block.space
            let count = unsafe archive.library.readData(archive.pointer, space.baseAddress, space.count)
            guard count >= 0, count <= space.count else { throw .rejected(archive.message) }
            if count == 0 { return }
            block.count += count
        }
    }
}
