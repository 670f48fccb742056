public import Diagnostics
import Glibc
import LinuxSystem

/// A fixed number of threads that wait for work.
///
/// A worker makes them BEFORE its system call filter is loaded, which forbids clone(2), and AFTER it has given up its
/// capabilities, which are a property of each thread.
public final class ThreadTeam: Sendable {
    private let tasks: BoundedQueue<@Sendable () -> Void>

    /// - Throws: ``Failure`` when the system has no thread left.
    public init(threads: Int) throws(Failure) {
        tasks = BoundedQueue(capacity: max(1, threads))
        for _ in 0..<threads { try Self.start(serving: tasks) }
    }

    deinit { tasks.close() }

    /// Runs `body` on a thread of the team; one body occupies one thread until it returns.
    ///
    /// Never start more bodies that wait for each other than there are threads.
    public func start<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) -> TeamTask<Value> {
        let task = TeamTask<Value>()
        tasks.put { task.finish(Result(catching: body)) }
        return task
    }

    private static func start(serving tasks: BoundedQueue<@Sendable () -> Void>) throws(Failure) {
        let context = unsafe Unmanaged.passRetained(tasks).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                let tasks = unsafe Unmanaged<BoundedQueue<@Sendable () -> Void>>.fromOpaque(context)
                    .takeRetainedValue()
                while let task = tasks.take() { task() }
                return nil
            }, context)
        guard status == 0 else {
            unsafe Unmanaged<BoundedQueue<@Sendable () -> Void>>.fromOpaque(context).release()
            throw Failure("cannot start a thread: \(unsafe String(cString: strerror(status)))")
        }
        pthread_detach(thread)
    }
}

/// The result of work given to a ``ThreadTeam``.
public final class TeamTask<Value: Sendable>: @unchecked Sendable {
    // Safety: `result` is only touched with `lock` held.
    private let lock = PosixMutex()
    private var result: Result<Value, any Error>?

    fileprivate func finish(_ result: Result<Value, any Error>) {
        lock.lock()
        defer { lock.unlock() }
        self.result = result
        lock.wakeAll()
    }

    /// Waits for the end.
    public func value() throws -> Value {
        lock.lock()
        defer { lock.unlock() }
        while true {
            if let result { return try result.get() }
            lock.wait()
        }
    }
}
