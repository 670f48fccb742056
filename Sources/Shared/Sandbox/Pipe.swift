import CShims
import LinuxSystem

/// Both ends of a pipe, closed on exec.
struct Pipe: ~Copyable {
    let reader: OwnedDescriptor
    let writer: OwnedDescriptor

    static func make() throws(SystemError) -> Pipe {
        var ends: [CInt] = [-1, -1]
        try check("pipe2") { unsafe stk_pipe(&ends) }
        return Pipe(reader: OwnedDescriptor(adopting: ends[0]), writer: OwnedDescriptor(adopting: ends[1]))
    }
}
