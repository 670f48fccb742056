public import Diagnostics
public import HelperProtocol
public import LinuxSystem

/// Unpacks one archive into a directory.
///
/// Reads hostile bytes: memory does not grow with the archive, no name leads out of the directory, and nothing is asked
/// of the kernel but plain file system calls, so that it runs in a jail without /proc. Where it fails, what is unpacked
/// so far stays: the directory is a temporary one of the caller's.
public struct LayerUnpacker: Sendable {
    /// Threads of the team that ``unpack(_:archive:into:team:)`` occupies.
    public static let threads = 1

    private let limits: Limits

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Unpacks `archive`, from its current offset to its end, into `root`.
    ///
    /// The descriptor in `job` is not used. `root` is a directory, opened to read.
    ///
    /// - Throws: ``Failure`` of class `rejected` where the archive is malformed or not the expected one, `limit` where
    ///   it goes past one of the limits, `unsupported` where ``AnyArchiveUnpacker`` may read it; nothing was unpacked then.
    public func unpack(
        _ job: UnpackJob, archive: borrowing OwnedDescriptor, into root: borrowing OwnedDescriptor, team: ThreadTeam
    ) throws(Failure) -> UnpackResult {
        let stored = StoredArchive(job, limits: limits)
        let reading = stored.start(archive, team: team)
        do {
            return try unpack(job, stored.plainStream(reading), reading, into: root)
        } catch {
            stored.cancel()
            // Its own failure, if any, is the one we caught: it appears where its bytes end.
            _ = try? reading.value()
            var failure = Failure(explaining: error)
            // What a layer is in is laid down: there, another format is a mistake like any other.
            if failure.errorClass == .unsupported, !job.isForeign { failure.errorClass = .rejected }
            throw failure
        }
    }

    private func unpack(
        _ job: UnpackJob, _ stream: PlainStream, _ reading: TeamTask<StoredSummary>,
        into root: borrowing OwnedDescriptor
    ) throws -> UnpackResult {
        let warnings = Warnings()
        var reader = TarReader(stream, maximumBytes: job.maximumBytes, limits: limits, warnings: warnings)
        let writer = try TreeWriter(root: root, form: job.form, limits: limits, warnings: warnings)
        try writer.applyAll(from: &reader)
        // The reader has seen the end of the stream, so the reading side has ended.
        let summary = try reading.value()
        if summary.hasPadding { warnings.add(.compressedPadding) }
        let diffID = stream.finishDigest()
        let result = UnpackResult(
            digest: summary.digest ?? diffID, diffID: diffID, size: summary.size, entries: reader.entries,
            warnings: warnings.texts)
        try job.expected?.check(result)
        return result
    }
}

extension UnpackJob.Expected {
    fileprivate func check(_ result: UnpackResult) throws(InvalidArchive) {
        guard result.size == size else {
            throw .rejected("the archive has \(result.size) bytes, but should have \(size)")
        }
        guard result.digest == digest else {
            throw .rejected("the archive is \(result.digest), but should be \(digest)")
        }
        guard result.diffID == diffID else {
            throw .rejected("the content of the archive is \(result.diffID), but should be \(diffID)")
        }
    }
}
