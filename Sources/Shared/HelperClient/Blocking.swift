import Glibc
import LinuxSystem

/// The one bridge between structured concurrency and calls that block: waiting for a process, copying a file.
///
/// The cooperative pool has as many threads as the machine has cores; one blocked there is one lost. The threads here
/// never end, which is a promise that ``Helper`` needs: the kernel sends a child its parent-death signal when the
/// *thread* that made it ends (prctl(2), PR_SET_PDEATHSIG).
public enum Blocking {
    private static let pool = BlockingPool()

    /// Runs `body` on a thread that may block.
    public static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.start { continuation.resume(with: Result(catching: body)) }
        }
    }
}

/// Threads that are made when all others are busy, and kept.
private final class BlockingPool: @unchecked Sendable {
    // Safety: every stored property is only touched with `lock` held.
    private let lock = PosixMutex()
    private var waiting: [@Sendable () -> Void] = []
    private var idle = 0

    func start(_ body: @escaping @Sendable () -> Void) {
        lock.lock()
        waiting.append(body)
        let needsThread = idle < waiting.count
        lock.wakeAll()
        lock.unlock()
        // Without a new thread the body waits until one is free; with none at all it is run here.
        if needsThread && !makeThread(), let body = takeIfNobodyServes() { body() }
    }

    private func takeIfNobodyServes() -> (@Sendable () -> Void)? {
        lock.lock()
        defer { lock.unlock() }
        return waiting.isEmpty ? nil : waiting.removeFirst()
    }

    private func makeThread() -> Bool {
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context {
                    unsafe Unmanaged<BlockingPool>.fromOpaque(context).takeRetainedValue().serve()
                }
                return nil
            }, context)
        guard status == 0 else {
            unsafe Unmanaged<BlockingPool>.fromOpaque(context).release()
            return false
        }
        pthread_detach(thread)
        return true
    }

    private func serve() {
        while true {
            lock.lock()
            idle += 1
            while waiting.isEmpty { lock.wait() }
            idle -= 1
            let body = waiting.removeFirst()
            lock.unlock()
            body()
        }
    }
}
