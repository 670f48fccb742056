import Diagnostics

/// Whether ADD would unpack a file: a tar, plain or compressed.
enum ArchiveGuess: Hashable {
    case file, archive
    /// Something compressed, which only unpacking would tell.
    case unknown

    /// A guess from the name and the first 512 bytes.
    init(name: ByteString, beginning: [UInt8]) {
        if beginning.count >= 262, beginning[257..<262].elementsEqual("ustar".utf8) {
            self = .archive
            return
        }
        let magics: [[UInt8]] = [
            [0x1f, 0x8b], Array("BZh".utf8), [0xfd, 0x37, 0x7a, 0x58, 0x5a], [0x28, 0xb5, 0x2f, 0xfd],
        ]
        guard magics.contains(where: { beginning.starts(with: $0) }) else {
            self = .file
            return
        }
        let ends = [".tgz", ".tbz", ".tbz2", ".txz", ".tzst", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst"]
        let lower = ASCII.lowercased(name.bytes)
        self = ends.contains { lower.suffix($0.utf8.count).elementsEqual($0.utf8) } ? .archive : .unknown
    }
}
