public import Diagnostics
public import HelperProtocol
public import LinuxSystem

/// Copies a file, link or directory of one tree into another.
///
/// Both trees may be hostile: everything goes by descriptor and one name at a time, and links lead where they would if
/// the tree they are in were `/`. Where it fails, what is copied so far stays: the target is a temporary one.
public struct TreeCopier: Sendable {
    private let limits: Limits

    public init(limits: Limits = Limits()) { self.limits = limits }

    /// Copies from the directory `source` in `root` to the directory `target` beside it, or moves what is staged there.
    public func copy(_ job: CopyJob, in root: borrowing OwnedDescriptor) throws(Failure) -> CopyResult {
        do {
            let copy = try TreeCopy(job, into: try root.openDirectory("target"), limits: limits)
            if let staged = job.staged {
                let target = try root.openDirectory("target")
                try copy.run(from: try target.openDirectory(staged))
                try target.removeTree(staged)
            } else {
                try copy.run(from: try root.openDirectory("source"))
            }
            return CopyResult(entries: copy.entries, warnings: copy.warnings.texts)
        } catch {
            throw Failure(explaining: error)
        }
    }
}
