import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Keeps other stackers from changing a layout that several of them share; gone with the value.
///
/// It is the flock(2) of the directory itself, so nothing of ours stands in the layout. Other tools do not take it:
/// against those the index is compared once more before it is replaced.
struct LayoutLock: ~Copyable {
    private let directory: OwnedDescriptor

    /// Waits while another stacker has the lock: it holds it for no longer than it takes to replace the index.
    init(_ root: borrowing OwnedDescriptor, limits: Limits) throws(Failure) {
        do throws(SystemError) {
            // An open of its own, because a lock belongs to the open file and not to the process.
            let own = try OwnedDescriptor.open(".", in: root, O_RDONLY | O_DIRECTORY)
            try Self.lock(own, until: .now + limits.layoutLockWait)
            directory = own
        } catch {
            guard error.errno == .resourceTemporarilyUnavailable else { throw error.explanation }
            throw Failure(
                "couldn't acquire lock on the OCI layout", causes: [LockOwner.explain(root), error.errno.description],
                hint: "wait for it to end, or name another directory with --oci-dir", class: .busy)
        }
    }

    /// Where the file system has no locks for directories, nobody is kept out.
    private static func lock(
        _ directory: borrowing OwnedDescriptor, until end: ContinuousClock.Instant
    ) throws(SystemError) {
        var pause: UInt32 = 500
        while true {
            do throws(SystemError) {
                try directory.lockExclusively()
                return
            } catch {
                let missing: [Errno] = [.badFileDescriptor, .noLocks, .notSupported, .noFunction, .invalidArgument]
                if missing.contains(error.errno) { return }
                guard error.errno == .resourceTemporarilyUnavailable, ContinuousClock.now < end else { throw error }
            }
            // Of many who wait each sleeps for another time, so that they do not all try at once.
            usleep(UInt32.random(in: pause / 2...pause))
            pause = min(pause * 2, 16_000)
        }
    }
}
