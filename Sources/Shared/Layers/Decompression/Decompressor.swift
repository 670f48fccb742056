/// Turns stored bytes into plain ones, piece by piece.
///
/// Used by one thread at a time.
protocol Decompressor: AnyObject {
    /// Takes from `input`, writes to `output`, and stops when the one is empty or the other full.
    ///
    /// Where `output` became full there may be more to come even without further input.
    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(InvalidArchive) -> DecodeProgress

    /// Says that the input has ended.
    ///
    /// - Returns: Whether something that is not data followed the data: zeros that fill a tape block.
    func finish() throws(InvalidArchive) -> Bool
}

struct DecodeProgress {
    var consumed: Int
    var produced: Int
}
