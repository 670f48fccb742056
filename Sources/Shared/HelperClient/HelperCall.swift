import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// One running stacker-nsexec and the channel to it.
///
/// Dropped before ``finish()``, it kills the process.
struct HelperCall: ~Copyable {
    private let process: SpawnedProcess
    private let channel: OwnedDescriptor
    private let joinedNamespace: Int32?

    /// The numbers in the child: 3 is the channel, 4 the user namespace (or /dev/null), then the given descriptors.
    static let channelNumber: Int32 = 3
    static let namespaceNumber: Int32 = 4
    static let firstDescriptor: Int32 = 5

    var pid: String { String(process.pid) }

    /// The channel's own number, to poll for the answer.
    var number: CInt { channel.raw }

    init(
        program: FilePath, directory: FilePath, namespace: BuildNamespace = .ofRoot(), output: CInt = STDERR_FILENO,
        descriptors: [CInt] = []
    ) throws {
        try self.init(
            program: program, directory: directory, namespace: namespace,
            standard: SpawnedProcess.Standard(input: nil, output: output, errors: output), descriptors: descriptors)
    }

    init(
        program: FilePath, directory: FilePath, namespace: BuildNamespace, standard: SpawnedProcess.Standard,
        descriptors: [CInt] = []
    ) throws {
        let channel = try Channel()
        let folder = try OwnedDescriptor.open(directory: directory)
        let placeholder = try OwnedDescriptor.open("/dev/null")
        process = try SpawnedProcess(
            program: program, arguments: ["stacker-nsexec", ByteString(String(Self.channelNumber))],
            environment: ["SWIFT_BACKTRACE=enable=no"], directory: folder.raw, standard: standard,
            descriptors: [channel.theirs.raw, namespace.number ?? placeholder.raw] + descriptors)
        joinedNamespace = namespace.number.map { _ in Self.namespaceNumber }
        self.channel = channel.handOver()
    }

    func send(_ operation: Request.Operation, joins: Bool = true) throws {
        let request = Request(
            parent: getpid(), userNamespace: joins ? joinedNamespace : nil, operation: operation)
        try request.message.send(to: channel)
    }

    /// Waits for the answer.
    ///
    /// - Throws: ``HelperFailure`` when the answer is one.
    func reply() throws -> Reply {
        guard let message = try MessageReader.receive(from: channel) else {
            throw Failure(
                "stacker-nsexec ended without an answer",
                hint: "check that the installed stacker-nsexec belongs to this stacker: `stacker-nsexec --version`")
        }
        let reply = try Reply(message)
        if case .failed(let failure) = reply { throw failure }
        return reply
    }

    /// Closes the channel, which ends a process that waits on it, and waits for the end.
    consuming func finish() throws {
        try channel.close()
        _ = try process.wait()
    }
}
