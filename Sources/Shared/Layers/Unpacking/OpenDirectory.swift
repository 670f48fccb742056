import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// A directory of the tree, open, with the mode and time it must have once we are done in it.
///
/// Every change inside a directory moves its modification time, so the time it should have is noted when it is opened,
/// or set by its own member, and put back by ``leave()``.
final class OpenDirectory {
    /// The part of the member's name that led here; empty for the root.
    let name: ByteString
    /// The way here from the root without links, where ``name`` is a symbolic link; `nil` where it is not.
    let physical: [ByteString]?
    let inode: UInt64

    private var descriptor: OwnedDescriptor?
    private var mode: UInt32?
    private var modified: FileTime
    private var isChanged = false

    init(_ descriptor: consuming OwnedDescriptor, name: ByteString, physical: [ByteString]? = nil) throws(SystemError) {
        let status = try descriptor.status()
        self.name = name
        self.physical = physical
        inode = status.inode
        modified = FileTime(seconds: status.modified.seconds, nanoseconds: status.modified.nanoseconds)
        self.descriptor = consume descriptor
    }

    /// The same directory under another name.
    init(_ other: OpenDirectory, name: ByteString, physical: [ByteString]) {
        self.name = name
        self.physical = physical
        inode = other.inode
        modified = other.modified
        mode = other.mode
        isChanged = other.isChanged
        descriptor = other.descriptor.take()
    }

    var isParked: Bool { descriptor == nil }

    /// Calls `body` with the descriptor.
    func with<Result: ~Copyable, Problem: Error>(
        _ body: (borrowing OwnedDescriptor) throws(Problem) -> Result
    ) throws(Problem) -> Result {
        switch descriptor {
        case .some(let open): return try body(open)
        case nil: preconditionFailure("a parked directory is opened again before it is used")
        }
    }

    /// To be said BEFORE an entry is added or removed.
    func willChange() { isChanged = true }

    /// Sets what ``leave()`` will leave behind.
    func assign(mode: UInt32, modified: FileTime) {
        self.mode = mode
        self.modified = modified
        isChanged = true
    }

    /// Applies mode and time; may be called again after further changes.
    func leave() throws(SystemError) {
        guard isChanged, !isParked else { return }
        let (mode, modified) = (mode, modified)
        try with { (open) throws(SystemError) in
            if let mode { try open.setMode(mode) }
            try open.setModified(modified)
        }
        isChanged = false
    }

    /// Closes the descriptor for now.
    func park() throws(SystemError) {
        try leave()
        descriptor = nil
    }

    func reopen(_ other: OpenDirectory) { descriptor = other.descriptor.take() }
}
