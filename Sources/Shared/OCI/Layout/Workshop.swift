import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Stacker's own directory, in which blobs are made before a layout gets them.
final class Workshop: Sendable {
    let blobs: BlobDirectory
    /// Which blobs of which layouts came from here.
    let record: PublicationRecord

    /// Opens `blobs`, and makes it and its parent if they are missing; nobody else may look into them.
    init(blobs path: FilePath) throws {
        let home = try PrivateDirectory.open(path.removingLastComponent())
        guard let name = path.lastComponent else {
            throw Failure("/ cannot be a directory of stacker's own", class: .rejected)
        }
        let parent = try Self.open(ByteString(FilePath(root: nil, [name])), in: home)
        let descriptor = try Self.open("sha256", in: parent)
        blobs = BlobDirectory(parent: parent, descriptor: descriptor)
        record = PublicationRecord(in: home)
    }

    private static func open(_ name: ByteString, in parent: borrowing OwnedDescriptor) throws -> OwnedDescriptor {
        do throws(SystemError) {
            try parent.makeDirectory(name, mode: 0o700)
        } catch {
            guard error.errno == .fileExists else { throw error }
        }
        let directory = try parent.openRealDirectory(name)
        let user = try directory.status().user
        guard user == geteuid() || geteuid() == 0 else {
            throw Failure(
                "\(name) belongs to uid \(user), and this is uid \(geteuid())",
                hint: "name a directory of your own with --stacker-dir", class: .permission)
        }
        return directory
    }
}
