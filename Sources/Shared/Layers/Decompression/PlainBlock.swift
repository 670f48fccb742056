/// A piece of the plain archive on its way from the thread that decompresses to the one that writes.
@safe final class PlainBlock: @unchecked Sendable {
    // Safety: one thread at a time has a block; queues hand it over.
    static let capacity = 1 << 20

    /// Not initialised: only what ``count`` covers is ever read.
    let storage: UnsafeMutableRawBufferPointer
    /// Bytes that are filled, from the start.
    var count = 0

    init() {
        unsafe storage = .allocate(byteCount: Self.capacity, alignment: 64)
    }

    deinit { unsafe storage.deallocate() }

    var isFull: Bool { count == Self.capacity }

    /// Where the next bytes go.
    var space: UnsafeMutableRawBufferPointer { unsafe UnsafeMutableRawBufferPointer(rebasing: storage[count...]) }

    var filled: UnsafeRawBufferPointer { unsafe UnsafeRawBufferPointer(rebasing: storage[..<count]) }
}
