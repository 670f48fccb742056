import CShims
import Glibc
import SystemPackage

extension OwnedDescriptor {
    /// Fills this empty file with the whole content of another: shared extents where the file system can, else copied.
    ///
    /// Holes stay holes. With `sharing` false nothing but plain calls on files is used, which a jailed worker may make.
    public func fill(from source: borrowing OwnedDescriptor, sharing: Bool = true) throws(SystemError) {
        if sharing, stk_ficlone(raw, source.raw) == 0 { return }
        let size = Int64(try source.status().size)
        var position: Int64 = 0
        while let data = try source.nextData(from: position, size: size) {
            try source.seek(to: data.lowerBound)
            try seek(to: data.lowerBound)
            let copied = try copy(data.upperBound - data.lowerBound, from: source)
            position = data.lowerBound + copied
            // Shorter than its size says: it was truncated, or is one of those that the kernel makes up.
            if position < data.upperBound { return }
        }
        if position < size {
            let output = raw
            try check("ftruncate") { ftruncate(output, off_t(size)) }
        }
    }

    /// The next part of the file that is no hole; a file system that knows no holes, or no size, has data everywhere.
    private func nextData(from position: Int64, size: Int64) throws(SystemError) -> Range<Int64>? {
        let raw = raw
        do throws(SystemError) {
            let start = try check("lseek") { lseek(raw, off_t(position), stk_seek_data) }
            return Int64(start)..<Int64(try check("lseek") { lseek(raw, start, stk_seek_hole) })
        } catch {
            switch error.errno {
            case .noSuchAddressOrDevice where size > 0 || position > 0: return nil
            case .invalidArgument, .notSupported, .illegalSeek, .noSuchAddressOrDevice:
                return position == 0 ? 0..<Int64.max : nil
            default: throw error
            }
        }
    }

    private func seek(to position: Int64) throws(SystemError) {
        let raw = raw
        _ = try check("lseek") { lseek(raw, off_t(position), SEEK_SET) }
    }

    /// Copies so many bytes, or to the end where that comes first.
    ///
    /// - Returns: How many.
    private func copy(_ length: Int64, from source: borrowing OwnedDescriptor) throws(SystemError) -> Int64 {
        let (input, output) = (source.raw, raw)
        var copied: Int64 = 0
        while copied < length {
            do throws(SystemError) {
                let most = Int(min(length - copied, 1 << 30))
                let count = try check("copy_file_range") { stk_copy_file_range(input, output, most) }
                if count == 0 { break }
                copied += Int64(count)
            } catch {
                // Refused between some file systems, and for files of /proc; nothing was copied by the failed call.
                guard [.improperLink, .invalidArgument, .notSupported, .noFunction].contains(error.errno) else {
                    throw error
                }
                break
            }
        }
        while copied < length {
            let piece = try source.read(upTo: Int(min(length - copied, 1 << 20)))
            if piece.isEmpty { break }
            try write(piece)
            copied += Int64(piece.count)
        }
        return copied
    }
}
