public import Diagnostics
public import HelperProtocol
public import LinuxSystem

/// Unpacks an archive in any format and compression that libarchive knows.
///
/// libarchive takes the compression off; what then is a tar is read by our own reader, as layers are, and only other
/// formats are left to libarchive. Whatever the format, the same ``TreeWriter`` judges each member.
public struct AnyArchiveUnpacker: Sendable {
    /// Threads of the team that ``unpack(_:archive:into:team:)`` occupies.
    public static let threads = 1

    private let library: ArchiveLibrary
    private let limits: Limits

    public init(_ library: ArchiveLibrary, limits: Limits = Limits()) {
        self.library = library
        self.limits = limits
    }

    /// Unpacks `archive`, a file that can be read from its beginning, into `root`.
    ///
    /// The descriptor in `job` is not used. `root` is a directory, opened to read. In the result `diffID` is that of the
    /// tar, and the same as `digest` where there is none.
    ///
    /// - Throws: ``Failure`` of class `unsupported` where nobody knows the format, `rejected` where the archive is
    ///   malformed, `limit` where it goes past one of the limits.
    public func unpack(
        _ job: UnpackJob, archive: borrowing OwnedDescriptor, into root: borrowing OwnedDescriptor, team: ThreadTeam
    ) throws(Failure) -> UnpackResult {
        let stored = StoredDigest()
        let digesting = stored.start(archive, team: team)
        do {
            let warnings = Warnings()
            let writer = try TreeWriter(root: root, form: job.form, limits: limits, warnings: warnings)
            let (entries, diffID) = try write(job, archive, to: writer, warnings)
            let summary = try digesting.value()
            let digest = summary.digest ?? ""
            return UnpackResult(
                digest: digest, diffID: diffID ?? digest, size: summary.size, entries: entries, warnings: warnings.texts
            )
        } catch {
            stored.cancel()
            // The descriptor must outlive the task; its own failure, if any, is about the same file.
            _ = try? digesting.value()
            throw Failure(explaining: error)
        }
    }

    private func write(
        _ job: UnpackJob, _ archive: borrowing OwnedDescriptor, to writer: TreeWriter, _ warnings: Warnings
    ) throws -> (entries: UInt64, diffID: String?) {
        let file = try DecompressedFile(archive, library)
        guard file.isTar else {
            var reader = try AnyArchiveReader(
                archive, library, maximumBytes: job.maximumBytes, limits: limits, warnings: warnings)
            try writer.applyAll(from: &reader)
            return (reader.entries, nil)
        }
        let stream = file.plainStream()
        var reader = TarReader(stream, maximumBytes: job.maximumBytes, limits: limits, warnings: warnings)
        try writer.applyAll(from: &reader)
        return (reader.entries, stream.finishDigest())
    }
}
