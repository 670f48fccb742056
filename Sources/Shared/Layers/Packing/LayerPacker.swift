import CShims
public import Diagnostics
import Glibc
public import HelperProtocol
public import LinuxSystem

/// Packs a layer directory in overlay form into a layer archive.
///
/// The same tree gives the same bytes: names are sorted, nothing of the machine or of the time of packing goes into
/// the archive, and the number of threads does not show.
public struct LayerPacker: Sendable {
    private let limits: Limits

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Threads that ``pack(_:archive:from:team:)`` needs of its team.
    public static func threads(for job: PackJob) -> Int { PackPipeline.threads(for: job) }

    /// Packs the directory `upper` in `root` into `archive`, from its current offset.
    ///
    /// Where the job has something below the layer, the directory `lower` in `root` shows it: whiteouts are written
    /// only for what is there. On failure the archive holds a part of nothing and must be thrown away.
    ///
    /// The team has at least ``threads(for:)`` idle threads. Uses file calls only: no process, no socket, no /proc,
    /// no new descriptor but by opening files in `root`.
    ///
    /// - Throws: ``Failure`` naming the file: what cannot be read, what changed while it was packed, a name that
    ///   starts with `.wh.`, and what goes past a limit.
    public func pack(
        _ job: PackJob, archive: borrowing OwnedDescriptor, from root: borrowing OwnedDescriptor, team: ThreadTeam
    ) throws(Failure) -> PackResult {
        if case .zstd(let level) = job.compression, !ZstandardEncoder.levels.contains(level) {
            throw Failure("zstd has no level \(level)", hint: "choose a level from 1 to 19", class: .usage)
        }
        let pipeline = PackPipeline(job, to: archive.raw)
        let directory = root.raw
        return try attempt("pack the layer") {
            let upper = try openDirectory("upper", in: directory)
            let lower = job.hasLower ? LowerView(root: try openDirectory("lower", in: directory)) : nil
            let stages = pipeline.start(on: team)
            let tally: PackTally
            do {
                var walk = try LayerWalk(
                    of: upper, over: lower, latest: job.sourceDateEpoch ?? .max,
                    into: TarWriter(into: pipeline.input(), limits: limits), limits: limits)
                tally = try walk.run()
            } catch {
                // The stages use the caller's descriptor: they end BEFORE it can be closed.
                pipeline.cancel()
                let outcome = Result { try stages.wait() }
                if error is PipelineStopped { _ = try outcome.get() }
                throw error
            }
            let packed = try pipeline.complete(try stages.wait())
            return PackResult(
                digest: packed.digest, diffID: packed.diffID, size: packed.size,
                uncompressedSize: packed.uncompressedSize, entries: tally.entries,
                encoder: job.compression.encoderID, warnings: tally.warnings)
        }
    }

    private func openDirectory(_ name: StaticString, in root: CInt) throws(SystemError) -> OwnedDescriptor {
        OwnedDescriptor(
            adopting: try check("openat", ByteString("\(name)")) {
                unsafe stk_openat(root, "\(name)", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
            })
    }
}
