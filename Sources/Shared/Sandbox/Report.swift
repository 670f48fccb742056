import HelperProtocol
import LinuxSystem

/// What a child of stacker-nsexec tells it over a pipe.
enum Report: Hashable, Sendable {
    /// What was made in the image before the command started; sent once, before anything else.
    case made([MadeMountPoint])
    case ended(Reply)

    func send(to pipe: borrowing OwnedDescriptor) throws(SystemError) { try message.send(to: pipe) }

    var message: MessageWriter {
        var writer = MessageWriter()
        switch self {
        case .made(let points):
            writer.append(UInt8(1))
            writer.append(points) { $1.encode(into: &$0) }
        case .ended(let reply):
            writer.append(UInt8(2))
            for byte in reply.message.bytes { writer.append(byte) }
        }
        return writer
    }

    init(_ reader: MessageReader) throws(MalformedMessage) {
        var reader = reader
        switch try reader.integer("report", as: UInt8.self) {
        case 1:
            self = .made(try reader.list("mount points", MadeMountPoint.init(reading:)))
            try reader.finish()
        case 2: self = .ended(try Reply(reader))
        default: throw MalformedMessage("report")
        }
    }
}
