public import Diagnostics

/// What stacker-nsexec answers, once per request.
public enum Reply: Hashable, Sendable {
    /// The user namespace exists and its maps are written.
    case ready
    /// The command, worker or removal ended with this status.
    case exited(Int32)
    /// A signal ended the command or worker.
    case signalled(Int32)
    /// How many bytes each of the trees takes.
    case measured([UInt64])
    /// stacker-nsexec could not do what it was asked.
    case failed(HelperFailure)
}

/// Which operation of stacker-nsexec failed, and how; worded for people by Checks and by the frontend.
public struct HelperFailure: Error, Hashable, Sendable {
    public var stage: Stage
    /// The system call or program that failed, as its man page spells it.
    public var call: String
    public var path: ByteString?
    /// 0 when no system call failed (`detail` says what did).
    public var errno: Int32
    /// What a program such as newuidmap wrote to standard error, or which rule was broken.
    public var detail: String

    /// The order is the order in which they happen.
    public enum Stage: UInt8, Hashable, Sendable, CaseIterable {
        case request
        case newUserNamespace
        /// A mount namespace in the new user namespace: fails where a security module strips capabilities.
        case newMountNamespace
        case mapUsers
        case mapGroups
        case becomeRoot
        case joinUserNamespace
        case newNamespaces
        case mountOverlay
        case mountPoint
        case mountProc
        case mountDev
        case mountSys
        case bind
        case pivot
        case privileges
        case command
        case jail
        case removeTrees
        case cleanUp
    }

    public init(_ stage: Stage, call: String, path: ByteString? = nil, errno: Int32 = 0, detail: String = "") {
        self.stage = stage
        self.call = call
        self.path = path
        self.errno = errno
        self.detail = detail
    }
}

extension Reply {
    public var message: MessageWriter {
        var writer = MessageWriter()
        switch self {
        case .ready: writer.append(UInt8(1))
        case .exited(let status):
            writer.append(UInt8(2))
            writer.append(status)
        case .signalled(let number):
            writer.append(UInt8(3))
            writer.append(number)
        case .measured(let sizes):
            writer.append(UInt8(5))
            writer.append(sizes) { $0.append($1) }
        case .failed(let failure):
            writer.append(UInt8(4))
            writer.append(failure.stage.rawValue)
            writer.append(failure.call)
            writer.append(failure.path) { $0.append($1) }
            writer.append(failure.errno)
            writer.append(failure.detail)
        }
        return writer
    }

    public init(_ reader: MessageReader) throws(MalformedMessage) {
        var reader = reader
        switch try reader.integer("reply", as: UInt8.self) {
        case 1: self = .ready
        case 2: self = .exited(try reader.integer("status"))
        case 3: self = .signalled(try reader.integer("signal"))
        case 4:
            guard let stage = HelperFailure.Stage(rawValue: try reader.integer("stage")) else {
                throw MalformedMessage("stage")
            }
            self = .failed(
                HelperFailure(
                    stage, call: try reader.text("call"),
                    path: try reader.optional("path") { (reader) throws(MalformedMessage) in
                        try reader.byteString("path")
                    },
                    errno: try reader.integer("errno"), detail: try reader.text("detail")))
        case 5:
            self = .measured(
                try reader.list("sizes") { (reader) throws(MalformedMessage) in try reader.integer("size") })
        default: throw MalformedMessage("reply")
        }
        try reader.finish()
    }
}

extension Reply: CustomStringConvertible {
    /// How the command or worker ended, for a message.
    public var description: String {
        switch self {
        case .ready: "ready"
        case .exited(let status): "exit status \(status)"
        case .signalled(let number): "killed by signal \(number)"
        case .measured(let sizes): "\(sizes.count) measured"
        case .failed(let failure): "\(failure)"
        }
    }
}
