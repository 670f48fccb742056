import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

extension TreeCopy {
    func owner(of status: Status) -> Owner {
        Owner(user: job.user ?? status.user, group: job.group ?? status.group)
    }

    /// Owner, attributes, mode and time of an open file, in this order: chown(2) clears set-user-id bits and capabilities.
    func describe(
        _ file: borrowing OwnedDescriptor, as status: Status, mode: UInt32, from source: borrowing OwnedDescriptor,
        at path: ByteString
    ) throws {
        try setOwner(owner(of: status)) { (owner) throws(SystemError) in
            try file.setOwner(user: owner.user, group: owner.group)
        }
        try copyAttributes(from: source, to: file, at: path)
        // Outside an image these bits would lend somebody the rights of the person who copies.
        try file.setMode(job.manner == .strict ? mode & 0o1777 : mode)
        try file.setTimes(status)
    }

    /// The same of a directory that was made here; mode and time are set when it is left.
    func describe(
        _ directory: OpenDirectory, as status: Status, from source: borrowing OwnedDescriptor, at path: ByteString
    ) throws {
        guard job.manner == .overlay else {
            return directory.assign(mode: status.permissions & 0o1777 | 0o700, modified: status.modified.asFileTime)
        }
        try directory.with { (open) throws in
            try setOwner(owner(of: status)) { (owner) throws(SystemError) in
                try open.setOwner(user: owner.user, group: owner.group)
            }
            try copyAttributes(from: source, to: open, at: path)
        }
        directory.assign(mode: status.permissions, modified: status.modified.asFileTime)
    }

    /// The kernel says EINVAL for an id that the user namespace does not map.
    func setOwner(_ owner: Owner, _ body: (Owner) throws(SystemError) -> Void) throws {
        do throws(SystemError) {
            try body(owner)
        } catch {
            guard error.errno == .invalidArgument else { throw error }
            throw Failure(
                "the owner \(owner.user):\(owner.group) is outside the ids this account has",
                hint: "give the account a larger range in /etc/subuid and /etc/subgid; sudo stacker-setup shows how",
                class: .rejected)
        }
    }

    private func copyAttributes(
        from source: borrowing OwnedDescriptor, to file: borrowing OwnedDescriptor, at path: ByteString
    ) throws(SystemError) {
        guard job.keepsAttributes else { return }
        for name in try source.attributeNamesIfAny() where Self.isCarried(name) {
            guard let value = try source.extendedAttribute(name) else { continue }
            do throws(SystemError) {
                try file.setExtendedAttribute(ExtendedAttribute(name: name, value: value))
            } catch {
                guard error.errno == .notSupported || error.errno == .notPermitted else { throw error }
                warnings.add(.refusedAttribute, path)
            }
        }
    }

    /// The image's own name space, and the one attribute of the system that an image may carry.
    private static func isCarried(_ name: ByteString) -> Bool {
        name == "security.capability" || name.bytes.starts(with: "user.".utf8)
    }
}

extension OwnedDescriptor {
    fileprivate func attributeNamesIfAny() throws(SystemError) -> [ByteString] {
        do throws(SystemError) {
            return try extendedAttributeNames()
        } catch {
            guard error.errno == .notSupported else { throw error }
            return []
        }
    }
}

extension LinuxSystem.FileStatus.Time {
    var asFileTime: FileTime { FileTime(seconds: seconds, nanoseconds: nanoseconds) }
}
