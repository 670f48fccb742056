public import Diagnostics
import Glibc
public import HelperProtocol
import LinuxSystem
public import SystemPackage

/// Starts stacker-nsexec, one process for each operation.
public struct Helper: Sendable {
    /// stacker-nsexec, and the `stacker` that serves as the jailed worker.
    let program: FilePath
    let worker: FilePath

    /// Finds stacker-nsexec: in `../libexec/stacker` seen from this program, beside this program (a build tree), or in
    /// `/usr/libexec/stacker`; never through PATH or the environment.
    public static func locate() throws(Failure) -> Helper {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
        let length = unsafe readlink("/proc/self/exe", &buffer, Int(PATH_MAX))
        guard length > 0 else {
            throw SystemError("readlink", "/proc/self/exe", errno: Errno(rawValue: errno)).explanation
        }
        let own = FilePath(platformString: buffer)
        let folder = own.removingLastComponent()
        let places = [
            folder.removingLastComponent().appending("libexec/stacker/stacker-nsexec"),
            folder.appending("stacker-nsexec"),
            "/usr/libexec/stacker/stacker-nsexec",
        ]
        for place in places where unsafe place.withPlatformString({ unsafe access($0, X_OK) }) == 0 {
            return Helper(program: place, worker: own)
        }
        throw Failure(
            "cannot find stacker-nsexec",
            causes: ["looked for \(places.map { ByteString($0).description }.joined(separator: ", "))"],
            hint: "install the whole suite: `make install`, or your distribution's package")
    }

    /// Makes the user namespace of a build.
    ///
    /// - Throws: ``HelperFailure`` where the kernel or this account's set-up does not allow it.
    public func makeNamespace(_ maps: NamespaceMaps) async throws -> BuildNamespace {
        try await Blocking.run {
            let call = try HelperCall(program: program, directory: "/")
            try call.send(.holdNamespace(maps), joins: false)
            guard case .ready = try call.reply() else {
                throw MalformedMessage("a reply that does not answer the request")
            }
            let descriptor = try OwnedDescriptor.open(FilePath("/proc/\(call.pid)/ns/user"))
            try call.finish()
            return BuildNamespace(descriptor)
        }
    }

    /// Runs one build step, whose standard output and standard error go to `output`.
    ///
    /// The answer is ``Reply/exited(_:)`` or ``Reply/signalled(_:)``, of the command. Where `output` throws, the step is
    /// killed, and that error is thrown. A script that the step reads from a pipe is written to it meanwhile.
    public func run(
        _ step: Step, in namespace: BuildNamespace, roots: FilePath, output: StepOutput, script: ScriptFeed? = nil
    ) async throws -> Reply {
        try await Blocking.run {
            switch output {
            case .descriptor(let descriptor):
                return try perform(.step(step), in: namespace, directory: roots, output: descriptor)
            case .bytes(let take):
                let pipe = try OutputPipe()
                let call = try HelperCall(
                    program: program, directory: roots, namespace: namespace, output: pipe.writer.raw)
                let output = pipe.handOver()
                try call.send(.step(step))
                // Its end is that of every process which could write to it, stacker-nsexec among them. The thread that
                // waits for the step reads, so that no other one has to be there for the step to go on.
                while true {
                    if let script, try script.advance(whileNothingIn: output) { continue }
                    let piece = try output.read(upTo: OutputPipe.pieceBytes)
                    if piece.isEmpty { break }
                    try take(piece)
                }
                let reply = try call.reply()
                try call.finish()
                return reply
            }
        }
    }

    /// Tries in the empty directory `name` of `roots` what build steps do to overlays; what it makes there stays.
    ///
    /// - Throws: ``HelperFailure`` where it does not work, or does something else than it should.
    public func probe(_ name: ByteString, in namespace: BuildNamespace, roots: FilePath) async throws {
        _ = try await Blocking.run { try perform(.probe(name), in: namespace, directory: roots) }
    }

    /// Removes trees, whoever owns their files; what is gone already is fine.
    public func removeTrees(_ names: [ByteString], in namespace: BuildNamespace, roots: FilePath) async throws {
        guard !names.isEmpty else { return }
        _ = try await Blocking.run { try perform(.removeTrees(names), in: namespace, directory: roots) }
    }

    /// How many bytes each of these trees takes, whoever owns their files; 0 for what is gone.
    public func measureTrees(
        _ names: [ByteString], in namespace: BuildNamespace, roots: FilePath
    ) async throws -> [UInt64] {
        guard !names.isEmpty else { return [] }
        let reply = try await Blocking.run { try perform(.measureTrees(names), in: namespace, directory: roots) }
        guard case .measured(let sizes) = reply, sizes.count == names.count else {
            throw MalformedMessage("a reply that does not answer the request")
        }
        return sizes
    }

    /// Runs a worker in its jail.
    ///
    /// `archive` is the raw number of a descriptor that is open until this returns; `makeJob` is given the number that
    /// it has in the worker. Without one the number means nothing. A failure of the worker is thrown as its ``Failure``.
    public func work(
        _ view: JailedProgram.View, directory: FilePath, archive: CInt? = nil, in namespace: BuildNamespace,
        _ makeJob: @escaping @Sendable (_ archive: Int32) -> WorkerJob
    ) async throws -> WorkerReply {
        try await Blocking.run {
            let archives = archive.map { [$0] } ?? []
            let numbers = (0...archives.count).map { HelperCall.firstDescriptor + Int32($0) }
            let jailed = JailedProgram(
                program: ByteString(worker), arguments: ["internal", "worker", ByteString(String(numbers[0]))],
                view: view, descriptors: numbers)
            let control = try Channel()
            let call = try HelperCall(
                program: program, directory: directory, namespace: namespace,
                descriptors: [control.theirs.raw] + archives)
            let answers = control.handOver()
            try makeJob(HelperCall.firstDescriptor + 1).message.send(to: answers)
            try call.send(.jail(jailed))
            let answer = try MessageReader.receive(from: answers)
            let end = try call.reply()
            try call.finish()
            guard let answer else { throw Failure("the worker ended without an answer", causes: [end.description]) }
            let reply = try WorkerReply(answer)
            if case .failed(let failure) = reply { throw failure }
            return reply
        }
    }

    private func perform(
        _ operation: Request.Operation, in namespace: BuildNamespace, directory: FilePath,
        output: CInt = STDERR_FILENO
    ) throws -> Reply {
        let call = try HelperCall(program: program, directory: directory, namespace: namespace, output: output)
        try call.send(operation)
        let reply = try call.reply()
        try call.finish()
        return reply
    }
}
