import CShims
import Glibc
import LinuxSystem

/// Pipes that stand for those of this program's outputs that are terminals.
final class OutputPipes {
    private var readers: [UInt8: CInt] = [:]
    private var writers: [UInt8: CInt] = [:]

    init(instead terminals: Set<UInt8>) throws(SystemError) {
        for number in terminals where number > 0 {
            var ends: [CInt] = [-1, -1]
            try check("pipe2") { unsafe stk_pipe(&ends) }
            (readers[number], writers[number]) = (ends[0], ends[1])
        }
    }

    deinit {
        closeWriters()
        for descriptor in readers.values { _ = close(descriptor) }
    }

    func writer(for number: UInt8) -> CInt? { writers[number] }

    /// AFTER the command has its copies, so that its end is seen.
    func closeWriters() {
        for descriptor in writers.values { _ = close(descriptor) }
        writers = [:]
    }

    var flows: [Relay.Flow] { readers.map { Relay.Flow(from: $0.value, to: CInt($0.key), .output) } }
}
