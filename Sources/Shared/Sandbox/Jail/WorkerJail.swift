import CShims
public import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// What a worker does to itself, in the program itself, before it reads the first hostile byte.
///
/// In this order: ``enter()`` while there is one thread, because capabilities belong to threads; then the threads are
/// made; then ``seal()``, which binds all of them, so that the filter need not allow making any.
public enum WorkerJail {
    /// Makes the working directory the root directory and gives up all privileges but those to make files.
    ///
    /// After it nothing of the host can be named. Whatever the program still needs from there (libraries, locale) has to
    /// be loaded before.
    ///
    /// Refused to a process that stacker-nsexec did not start: the change of the root directory would be the host's.
    public static func enter() throws(Failure) {
        guard getpid() == 1 else {
            throw Failure(
                "cannot lock the worker in", causes: ["it was not started by stacker-nsexec"], class: .usage)
        }
        do throws(SystemError) {
            let directories = try openDirectories()
            try becomeRootDirectory()
            // A directory of the host that is still open would be a way out.
            for descriptor in directories { _ = close(descriptor) }
            try ThreadCapabilities.lockSecurityBits()
            try ThreadCapabilities.limitBoundingSet(to: capabilities)
            try ThreadCapabilities.clearInherited()
            try ThreadCapabilities.replace(with: capabilities)
            try check("prctl(PR_SET_NO_NEW_PRIVS)") { stk_set_no_new_privileges() }
            try check("prctl(PR_SET_DUMPABLE)") { stk_set_dumpable(0) }
        } catch {
            throw error.explanation.wrapped("cannot lock the worker in")
        }
    }

    /// From here on any system call that a worker does not need ends the process; binds all threads.
    public static func seal() throws(Failure) {
        do throws(SystemError) {
            try SystemCallFilter.allowingOnly(WorkerSystemCalls.names).install(.allThreads)
        } catch {
            throw error.explanation.wrapped("cannot install the worker's system call filter")
        }
    }

    /// To give files their owners, modes and attributes.
    static let capabilities: CapabilitySet = [
        .changeOwner, .overrideAccess, .actAsOwner, .keepSetIDBits, .setFileCapabilities,
    ]

    private static func becomeRootDirectory() throws(SystemError) {
        // With all that is mounted in it, which for a layer to be packed is the layer; and as a mount of its own, which
        // pivot_root(2) needs.
        let root = try DetachedMount.copy(of: ".", .withSubmounts)
        try root.attach(to: try OverlayMount.open("."))
        let raw = root.descriptor.raw
        try check("fchdir") { fchdir(raw) }
        try NewRoot.enterWorkingDirectory()
    }

    /// Numbers of all directories that are open, which only /proc can tell: it is gone after the change of root.
    private static func openDirectories() throws(SystemError) -> [CInt] {
        let listing = try DirectoryListing(try OwnedDescriptor.open(directory: "/proc/self/fd"))
        var found: [CInt] = []
        while let entry = try listing.next() {
            guard let number = entry.name.utf8Text.flatMap({ CInt($0) }), number != listing.raw else { continue }
            var status = stat()
            if unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { found.append(number) }
        }
        return found
    }
}
