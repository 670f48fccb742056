import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

extension TreeCopy {
    /// Moves the entry itself; a directory only where it can go whole.
    ///
    /// - Returns: `false` where what is in a directory must be moved piece by piece.
    func move(
        _ name: ByteString, _ status: Status, from source: borrowing OwnedDescriptor, into directory: OpenDirectory,
        as newName: ByteString, at path: ByteString
    ) throws -> Bool {
        let owner = owner(of: status)
        if status.kind == .directory {
            let existing = try directory.with { (open) throws(SystemError) in
                try open.statusIfPresent(of: newName)
            }
            let isWhole = job.manner == .overlay && existing == nil && owner == Owner(user: 0, group: 0)
            guard isWhole else { return false }
        } else {
            try clear(newName, in: directory, at: path)
        }
        try directory.with { (open) throws in
            try source.rename(name, into: open, as: newName)
            try setOwner(of: newName, in: open, status, owner)
        }
        entries += 1
        return true
    }

    private func setOwner(
        of name: ByteString, in directory: borrowing OwnedDescriptor, _ status: Status, _ owner: Owner
    ) throws {
        switch status.kind {
        case _ where owner.user == status.user && owner.group == status.group: break
        case .regular:
            let file = try directory.openEntry(name, O_RDONLY | O_NONBLOCK | O_NOCTTY)
            try setOwner(owner) { (owner) throws(SystemError) in
                try file.setOwner(user: owner.user, group: owner.group)
            }
            // chown(2) takes these bits away.
            try file.setMode(status.permissions)
        default:
            try setOwner(owner) { (owner) throws(SystemError) in
                try directory.setOwner(of: name, user: owner.user, group: owner.group)
            }
        }
    }
}
