import Diagnostics
import LinuxSystem
import SystemPackage

/// The owner of a member, as the kernel takes it.
struct Owner: Hashable {
    var user: UInt32
    var group: UInt32
}

extension ArchiveMember {
    func owner() throws(InvalidArchive) -> Owner {
        // The last id of all means "leave it" to chown(2).
        guard userID < UInt32.max, groupID < UInt32.max else {
            throw .rejected("its owner \(userID):\(groupID) is impossible")
        }
        return Owner(user: UInt32(userID), group: UInt32(groupID))
    }
}

extension TreeWriter {
    /// Everything but the data of an open file.
    ///
    /// Owner BEFORE attributes and mode: chown(2) clears file capabilities and set-user-id bits. Time last.
    func describe(_ file: borrowing OwnedDescriptor, _ member: ArchiveMember) throws {
        try setOwner(of: file, member)
        try setAttributes(of: file, member)
        try file.setMode(member.mode)
        try file.setModified(member.modified)
    }

    func setOwner(of file: borrowing OwnedDescriptor, _ member: ArchiveMember) throws {
        let owner = try member.owner()
        do {
            try file.setOwner(user: owner.user, group: owner.group)
        } catch {
            throw explain(error, owner)
        }
    }

    /// Runs a chown(2) of another kind with the same explanation.
    func changingOwner(_ owner: Owner, _ body: () throws(SystemError) -> Void) throws {
        do throws(SystemError) {
            try body()
        } catch {
            throw explain(error, owner)
        }
    }

    /// The kernel says EINVAL for an id that the user namespace does not map.
    private func explain(_ error: SystemError, _ owner: Owner) -> any Error {
        guard error.errno == .invalidArgument else { return error }
        return InvalidArchive.rejected(
            "its owner \(owner.user):\(owner.group) is outside the ids this account has",
            hint: "give the account a larger range in /etc/subuid and /etc/subgid; sudo stacker-setup shows how")
    }

    func setAttributes(of file: borrowing OwnedDescriptor, _ member: ArchiveMember) throws {
        if member.unreadAttribute != nil { warnings.add(.droppedAttribute, member.name) }
        for attribute in member.extendedAttributes {
            guard let unpacked = try attribute.unpacked() else {
                warnings.add(.droppedAttribute, member.name)
                continue
            }
            do throws(SystemError) {
                try file.setExtendedAttribute(unpacked)
            } catch {
                guard error.errno == .notSupported || error.errno == .notPermitted else { throw error }
                warnings.add(.refusedAttribute, member.name)
            }
        }
    }

    /// A symbolic link or a device cannot have the attributes that images carry.
    func dropAttributes(_ member: ArchiveMember) {
        guard member.unreadAttribute != nil || !member.extendedAttributes.isEmpty else { return }
        warnings.add(.droppedAttribute, member.name)
    }
}
