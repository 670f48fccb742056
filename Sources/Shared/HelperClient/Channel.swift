import Glibc
import LinuxSystem

/// Both ends of a stream between two processes; either side sees the other's death as the end of the stream.
struct Channel: ~Copyable {
    private let ours: OwnedDescriptor
    /// For the child, which gets a copy.
    let theirs: OwnedDescriptor

    init() throws(SystemError) {
        var ends: [CInt] = [-1, -1]
        try check("socketpair") {
            unsafe socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        }
        ours = OwnedDescriptor(adopting: ends[0])
        theirs = OwnedDescriptor(adopting: ends[1])
    }

    /// Closes the child's end here, so that the child's copy is the only one and its death ends the stream.
    consuming func handOver() -> OwnedDescriptor { ours }
}
