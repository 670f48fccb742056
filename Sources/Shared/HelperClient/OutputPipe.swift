import CShims
import LinuxSystem

/// A pipe that a child writes to and that is read here.
struct OutputPipe: ~Copyable {
    private let reader: OwnedDescriptor
    /// For the child, which gets a copy.
    let writer: OwnedDescriptor

    /// What a pipe holds, and so the most that one read returns.
    static let pieceBytes = 65_536

    init() throws(SystemError) {
        var ends: [CInt] = [-1, -1]
        try check("pipe2") { unsafe stk_pipe(&ends) }
        reader = OwnedDescriptor(adopting: ends[0])
        writer = OwnedDescriptor(adopting: ends[1])
    }

    /// Closes the writing end here, so that the pipe ends when the child and all it started have ended.
    consuming func handOver() -> OwnedDescriptor { reader }
}
