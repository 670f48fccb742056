import LinuxSystem

/// Hands elements from one thread to another, at most `capacity` of them waiting.
///
/// Closing it from either side wakes both, so that a failure in one stage of a pipeline ends the others.
final class BoundedQueue<Element: Sendable>: @unchecked Sendable {
    // Safety: every stored property is only touched with `lock` held.
    private let lock = PosixMutex()
    private var waiting: [Element] = []
    private let capacity: Int
    private var isClosed = false

    init(capacity: Int) {
        precondition(capacity > 0, "a queue holds at least one element")
        self.capacity = capacity
    }

    /// Waits for room.
    ///
    /// - Returns: `false` when the queue is closed; the element is dropped then.
    @discardableResult
    func put(_ element: sending Element) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        while waiting.count >= capacity && !isClosed { lock.wait() }
        guard !isClosed else { return false }
        waiting.append(element)
        lock.wakeAll()
        return true
    }

    /// Waits for an element; what was put before ``close()`` is still handed out.
    ///
    /// - Returns: `nil` when the queue is closed and empty.
    func take() -> Element? {
        lock.lock()
        defer { lock.unlock() }
        while waiting.isEmpty && !isClosed { lock.wait() }
        guard !waiting.isEmpty else { return nil }
        defer { lock.wakeAll() }
        return waiting.removeFirst()
    }

    /// No element will be put any more.
    func close() {
        lock.lock()
        defer { lock.unlock() }
        isClosed = true
        lock.wakeAll()
    }

    /// Closes, and drops what is waiting: the reader has failed.
    func cancel() {
        lock.lock()
        defer { lock.unlock() }
        isClosed = true
        waiting = []
        lock.wakeAll()
    }
}
