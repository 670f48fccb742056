public import Digests
public import Diagnostics
import Glibc
import LinuxSystem
import Synchronization
import SystemPackage

/// What is there from earlier builds.
extension ImageLayout {
    /// Whether the layout has all these blobs as stacker published them.
    ///
    /// Nothing is read: a blob is known by its file, which it shares with stacker's own or which stacker wrote down.
    public func isPublished(_ digests: [Digest]) throws(Failure) -> Bool {
        let workshop = try openWorkshop()
        return try attempt("look for blobs in \(ByteString(path))") {
            var written: Set<PublicationRecord.Entry>?
            let layout = try blobs.descriptor.status().inode
            for digest in digests {
                guard let present = try blobs.status(of: digest), present.kind == .regular else { return false }
                let own = try workshop.blobs.status(of: digest)
                if let own, own.isSameFile(as: present) { continue }
                let known = try written ?? workshop.record.read()
                written = known
                let entry = PublicationRecord.Entry(layout: layout, digest: digest, inode: present.inode)
                guard known.contains(entry), own.map({ $0.size == present.size }) ?? true else { return false }
            }
            return true
        }
    }

    /// Takes a blob whose bytes are wrong out of stacker's own; where there is none, nothing happens.
    public func discard(_ digest: Digest) throws(Failure) {
        let workshop = try openWorkshop()
        try attempt("remove the damaged blob \(digest)") {
            do throws(SystemError) {
                try workshop.blobs.descriptor.unlink(digest.fileName)
            } catch {
                guard error.errno == .noSuchFileOrDirectory else { throw error }
            }
        }
    }

    /// Whether stacker's own directory has a file of this name and size, whatever its bytes are.
    public func hasOwnFile(for descriptor: Descriptor) throws(Failure) -> Bool {
        let workshop = try openWorkshop()
        return try attempt("look for blob \(descriptor.digest)") {
            guard let present = try workshop.blobs.status(of: descriptor.digest) else { return false }
            return present.kind == .regular && present.size == descriptor.size
        }
    }
}
