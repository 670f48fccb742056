import Diagnostics
import Glibc
import HelperProtocol
import Layers
import LinuxSystem
import Sandbox
import SystemPackage

/// `stacker internal worker N`: unpacks or packs one archive, in the jail that stacker-nsexec has made.
///
/// Runs instead of everything else this program does, on the main thread, before anything asynchronous has begun.
enum WorkerProgram {
    /// - Parameter argument: the number of the control channel: the job comes in, the answer goes out.
    static func run(_ argument: ByteString) -> Never {
        guard let number = argument.utf8Text.flatMap({ Int32($0) }), number > 2, fcntl(number, F_GETFD) >= 0 else {
            StandardError.print("stacker", "internal commands are not meant to be run by hand")
            exit(ExitCode.usage.rawValue)
        }
        let channel = OwnedDescriptor(adopting: number)
        do {
            guard let message = try MessageReader.receive(from: channel) else { exit(ExitCode.badRequest.rawValue) }
            let job = try WorkerJob(message)
            try answer(job).message.send(to: channel)
            exit(ExitCode.success.rawValue)
        } catch {
            exit(ExitCode.badRequest.rawValue)
        }
    }

    private static func answer(_ job: WorkerJob) -> WorkerReply {
        do {
            let library = try loadLibrary(for: job)
            try WorkerJail.enter()
            let team = try ThreadTeam(threads: threads(for: job))
            try WorkerJail.seal()
            let root = try OwnedDescriptor.open(directory: "/")
            switch job {
            case .unpack(let job):
                let archive = OwnedDescriptor(adopting: job.archive)
                if let library {
                    let unpacker = AnyArchiveUnpacker(library)
                    return .unpacked(try unpacker.unpack(job, archive: archive, into: root, team: team))
                }
                return .unpacked(try LayerUnpacker().unpack(job, archive: archive, into: root, team: team))
            case .pack(let job):
                let archive = OwnedDescriptor(adopting: job.archive)
                return .packed(try LayerPacker().pack(job, archive: archive, from: root, team: team))
            case .copy(let job): return .copied(try TreeCopier().copy(job, in: root))
            }
        } catch {
            return .failed(Failure(explaining: error))
        }
    }

    /// Loads what this job needs and the jail does not have, BEFORE it is entered.
    private static func loadLibrary(for job: WorkerJob) throws(Failure) -> ArchiveLibrary? {
        guard case .unpack(let job) = job, job.compression == .anyArchive else { return nil }
        // Some formats have names in UTF-16; without this they could not become bytes. Where the locale is missing, an
        // archive with such names is refused by them.
        _ = setlocale(LC_CTYPE, "C.UTF-8")
        try WorkerJail.limitMemory(to: Limits().foreignArchiveMemory)
        return try ArchiveLibrary.load()
    }

    private static func threads(for job: WorkerJob) -> Int {
        switch job {
        case .unpack: LayerUnpacker.threads
        case .pack(let job): LayerPacker.threads(for: job)
        case .copy: 0
        }
    }
}
