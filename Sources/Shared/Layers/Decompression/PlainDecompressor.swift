/// An archive that is stored as it is.
final class PlainDecompressor: Decompressor {
    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(InvalidArchive) -> DecodeProgress {
        let count = min(input.count, output.count)
        unsafe output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count]))
        return DecodeProgress(consumed: count, produced: count)
    }

    func finish() throws(InvalidArchive) -> Bool { false }
}
