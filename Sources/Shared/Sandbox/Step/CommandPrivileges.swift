import CShims
import HelperProtocol
import LinuxSystem
import SystemPackage

/// What a build step may do.
enum CommandPrivileges {
    /// What no build needs and the kernel has too often got wrong.
    static let refusedCalls = [
        "keyctl", "add_key", "request_key", "bpf", "kexec_load", "kexec_file_load", "init_module", "finit_module",
        "delete_module", "open_by_handle_at", "perf_event_open", "userfaultfd", "io_uring_setup", "io_uring_enter",
        "io_uring_register",
    ]

    /// Refused beside those where no user namespace confines root.
    static let refusedCallsOfRoot = [
        "mount", "umount", "umount2", "fsopen", "fsconfig", "fsmount", "fspick", "move_mount", "open_tree",
        "pivot_root", "mount_setattr", "unshare", "setns",
    ]

    /// What root keeps where no user namespace confines it.
    static let capabilitiesOfRoot: CapabilitySet = [
        .changeOwner, .overrideAccess, .actAsOwner, .keepSetIDBits, .kill, .bindLowPorts, .setFileCapabilities,
        .setGroups, .setProcessCapabilities, .setUsers, .changeRoot, .makeDevices,
    ]

    static func filter(in userNamespace: UserNamespace, _ oldRoot: NewRoot.OldRoot) -> SystemCallFilter {
        switch (userNamespace, oldRoot) {
        case (.joined, .gone): .refusing(refusedCalls)
        case (.none, .gone): .refusingNamespaces(and: refusedCalls + refusedCallsOfRoot)
        // Whoever can take the root's mount away, or walk out of a chroot, would find the host's root under it.
        case (_, .hidden): .refusingNamespaces(and: refusedCalls + refusedCallsOfRoot + ["chroot"])
        }
    }

    /// The network is the host's, and so are the names of abstract sockets: of desktops, buses, daemons (CVE-2020-15257).
    private static func leaveAbstractSockets() throws(SystemError) {
        do throws(SystemError) {
            try check("landlock_restrict_self") { stk_leave_abstract_sockets() }
        } catch {
            // A kernel before 6.12, one without Landlock, and a container that forbids it: sockets stay in reach then.
            let cannot: [Errno] = [.noFunction, .notSupportedOnSocket, .notPermitted]
            guard cannot.contains(error.errno) else { throw error }
        }
    }

    /// Binds this process for good; exec gives it the rest of its privileges.
    static func apply(in userNamespace: UserNamespace, _ oldRoot: NewRoot.OldRoot) throws(HelperFailure) {
        try during(.privileges) { () throws(SystemError) in
            try leaveAbstractSockets()
            switch userNamespace {
            case .joined:
                try ThreadCapabilities.clearInherited()
            case .none:
                try ThreadCapabilities.limitBoundingSet(to: capabilitiesOfRoot)
                try ThreadCapabilities.clearInherited()
            }
            try filter(in: userNamespace, oldRoot).install()
        }
    }
}
