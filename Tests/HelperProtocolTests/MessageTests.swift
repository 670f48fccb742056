import Diagnostics
import HelperProtocol
import LinuxSystem
import Testing

@Suite struct MessageTests {
    static let requests: [Request] = [
        Request(
            parent: 1,
            operation: .holdNamespace(
                NamespaceMaps(
                    users: [IdentityMap(inside: 0, outside: 1000, count: 1)],
                    groups: [IdentityMap(inside: 1, outside: .max, count: 65_536)]))),
        Request(
            parent: 77, userNamespace: 4,
            operation: .step(
                Step(
                    layers: ["a/overlay", ByteString([0x61, 0xff])], upper: "u", work: "w", root: "r",
                    binds: [Step.Bind(source: "/s", destination: "/d", isWritable: true)],
                    arguments: ["/bin/sh", "-c", "true\r\n"], environment: ["A=b"]))),
        Request(
            parent: 3, userNamespace: 0,
            operation: .jail(
                JailedProgram(
                    program: "/p", arguments: [], view: .layer(upper: "u", below: ["l"]), descriptors: [3, 9]))),
        Request(
            parent: 3,
            operation: .jail(JailedProgram(program: "/p", arguments: ["x"], view: .directory, descriptors: []))),
        Request(
            parent: 3,
            operation: .jail(
                JailedProgram(
                    program: "/p", arguments: [],
                    view: .copy(
                        source: ["a", "b"], target: .layer(upper: "u", work: "w", below: ["l"])),
                    descriptors: []))),
        Request(
            parent: 3,
            operation: .jail(
                JailedProgram(
                    program: "/p", arguments: [], view: .copy(source: [], target: .directory("/t")),
                    descriptors: []))),
        Request(parent: -1, operation: .removeTrees(["x", ""])),
        Request(parent: -1, operation: .measureTrees(["x", ""])),
        Request(parent: 3, userNamespace: 4, operation: .probe(".tmp.x")),
    ]
    static let replies: [Reply] = [
        .ready, .exited(-3), .signalled(9), .measured([1, .max]), .measured([]),
        .failed(HelperFailure(.mountOverlay, call: "fsconfig", path: "lower", errno: 22, detail: "é")),
    ]
    static let jobs: [WorkerJob] = [
        .unpack(UnpackJob(archive: 4, form: .merged, maximumBytes: .max)),
        .unpack(
            UnpackJob(
                archive: 4, compression: .zstd,
                expected: UnpackJob.Expected(digest: "sha256:a", size: 1, diffID: "sha256:b"), form: .overlay,
                maximumBytes: 0)),
        .pack(PackJob(archive: 5, compression: .zstd(level: 19), sourceDateEpoch: -1, hasLower: true, threads: 2)),
        .pack(PackJob(archive: 5, compression: .gzipSmall, hasLower: false, threads: 0)),
        .copy(
            CopyJob(
                path: "/a", takesContents: true, followsLink: false, destination: ByteString([0x2f, 0xff]),
                manner: .strict, user: 0, group: .max, mode: 0o644, keepsAttributes: true)),
        .copy(Self.stagedCopy),
    ]
    private static let stagedCopy: CopyJob = {
        var job = CopyJob(
            path: "/", takesContents: false, followsLink: true, destination: "/", manner: .plain, keepsAttributes: false
        )
        job.staged = ".staged"
        return job
    }()
    static let workerReplies: [WorkerReply] = [
        .unpacked(UnpackResult(digest: "a", diffID: "b", size: .max, entries: 2, warnings: ["w"])),
        .packed(
            PackResult(
                digest: "a", diffID: "b", size: 1, uncompressedSize: 2, entries: 3, encoder: "isal-1", warnings: [])),
        .copied(CopyResult(entries: .max, warnings: ["w"])),
        .failed(Failure("unpack", causes: ["x: y"], hint: "do", class: .limit)),
    ]

    @Test(arguments: requests) func requestsSurviveTheWay(_ request: Request) throws {
        #expect(try Request(MessageReader(request.message.bytes)) == request)
    }

    @Test(arguments: replies) func repliesSurviveTheWay(_ reply: Reply) throws {
        #expect(try Reply(MessageReader(reply.message.bytes)) == reply)
    }

    @Test(arguments: jobs) func jobsSurviveTheWay(_ job: WorkerJob) throws {
        #expect(try WorkerJob(MessageReader(job.message.bytes)) == job)
    }

    @Test(arguments: workerReplies) func workerRepliesSurviveTheWay(_ reply: WorkerReply) throws {
        #expect(try WorkerReply(MessageReader(reply.message.bytes)) == reply)
    }

    @Test func everyCutIsMalformedAndNoCutTraps() {
        for request in Self.requests {
            let bytes = request.message.bytes
            for length in 0..<bytes.count {
                #expect(throws: MalformedMessage.self) { try Request(MessageReader(Array(bytes.prefix(length)))) }
            }
            #expect(throws: MalformedMessage.self) { try Request(MessageReader(bytes + [0])) }
        }
    }

    /// Every byte of every message set to the values that break naive decoders; the outcome may be either, a trap not.
    @Test func noSingleByteChangeTraps() {
        for value in [UInt8(0), 1, 0x7f, 0x80, 0xff] {
            for request in Self.requests {
                for index in request.message.bytes.indices {
                    var bytes = request.message.bytes
                    bytes[index] = value
                    _ = try? Request(MessageReader(bytes))
                }
            }
            for reply in Self.workerReplies {
                for index in reply.message.bytes.indices {
                    var bytes = reply.message.bytes
                    bytes[index] = value
                    _ = try? WorkerReply(MessageReader(bytes))
                }
            }
        }
    }
}
