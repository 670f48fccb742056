import Diagnostics

/// Compresses one block at a time, each without knowledge of the others.
///
/// Independent blocks are what makes the bytes of an archive the same whatever number of threads compresses them.
/// An encoder belongs to one thread.
protocol BlockEncoder: AnyObject {
    /// Compresses `input` into the front of `output`, which has room for the worst case.
    ///
    /// - Returns: how many bytes of `output` were used.
    func encode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(Failure) -> Int
}
