import HelperProtocol

/// How a process ended, from the status that wait(2) gives.
enum ProcessEnd: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)

    init(_ status: Int32) {
        let number = status & 0x7f
        self = number == 0 ? .exited((status >> 8) & 0xff) : .signalled(number)
    }

    var reply: Reply {
        switch self {
        case .exited(let status): .exited(status)
        case .signalled(let number): .signalled(number)
        }
    }
}
