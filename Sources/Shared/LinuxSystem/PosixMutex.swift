import Glibc

/// A mutex with one condition variable, at a stable address.
///
/// Swift's `Mutex` has no condition to wait for.
@safe public final class PosixMutex: @unchecked Sendable {
    // Safety: pthread objects are made for use from any thread; the pointers never change.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    public init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe condition = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(condition, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(condition)
        unsafe pthread_mutex_destroy(mutex)
        unsafe condition.deallocate()
        unsafe mutex.deallocate()
    }

    public func lock() { unsafe pthread_mutex_lock(mutex) }
    public func unlock() { unsafe pthread_mutex_unlock(mutex) }

    /// Gives the lock up until ``wakeAll()``; may also return by itself, so check what you wait for again.
    public func wait() { unsafe pthread_cond_wait(condition, mutex) }
    public func wakeAll() { unsafe pthread_cond_broadcast(condition) }
}
