import CSeccomp
import CShims
import Diagnostics
import Glibc
import SystemPackage

/// Which system calls a process may still make (seccomp(2)).
public enum SystemCallFilter: Hashable, Sendable {
    /// All but these, which fail with `EPERM`; also for programs of the 32-bit form of this architecture.
    case refusing([String])
    /// The same, and clone(2) with a flag for a new namespace fails as well.
    case refusingNamespaces(and: [String])
    /// These only; any other ends the process with SIGSYS.
    case allowingOnly([String])

    /// Which threads the filter binds; threads and processes made later always inherit it.
    public enum Reach: Hashable, Sendable {
        case callingThread
        case allThreads
    }

    /// Binds the filter for good.
    ///
    /// Needs no_new_privs, or CAP_SYS_ADMIN in the user namespace.
    /// Names that this architecture, or this version of libseccomp, does not know are left out.
    public func install(_ reach: Reach = .callingThread) throws(SystemError) {
        guard let context = unsafe seccomp_init(defaultAction) else {
            throw SystemError("seccomp_init", errno: .noMemory)
        }
        defer { unsafe seccomp_release(context) }
        try Self.check("seccomp_attr_set") { unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_NNP, 0) }
        if reach == .allThreads {
            try Self.check("seccomp_attr_set") { unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_TSYNC, 1) }
        }
        // A binary search over the numbers instead of a walk: every later system call pays for the filter.
        try Self.check("seccomp_attr_set") { unsafe seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, 2) }
        for architecture in compatibleArchitectures {
            try Self.check("seccomp_arch_add") { unsafe seccomp_arch_add(context, architecture) }
        }
        for name in names {
            let number = unsafe seccomp_syscall_resolve_name(name)
            guard number != CInt(__NR_SCMP_ERROR) else { continue }
            let result = unsafe seccomp_rule_add_array(context, ruleAction, number, 0, nil)
            // A call of another architecture has a negative number that no rule can hold: nothing to allow or refuse.
            guard result == 0 || result == -EDOM || number < 0 else { throw Self.failure("seccomp_rule_add", result) }
        }
        if case .refusingNamespaces = self { try unsafe Self.refuseNamespaces(context) }
        try Self.check("seccomp_load") { unsafe seccomp_load(context) }
    }

    /// Adds rules for both calls that make a process in a new namespace.
    ///
    /// clone(2) has its flags in a register, the first one on the architectures of stacker. clone3(2) has them in
    /// memory, where no filter sees them: libc takes it for missing, and falls back to the other.
    private static func refuseNamespaces(_ context: scmp_filter_ctx) throws(SystemError) {
        let namespaces = [
            stk_new_user, stk_new_mount, stk_new_pid, stk_new_ipc, stk_new_uts, stk_new_net, stk_new_cgroup,
        ]
        let clone = unsafe seccomp_syscall_resolve_name("clone")
        for flag in namespaces {
            let bit = UInt64(UInt32(bitPattern: flag))
            var condition = scmp_arg_cmp(arg: 0, op: SCMP_CMP_MASKED_EQ, datum_a: bit, datum_b: bit)
            try Self.check("seccomp_rule_add") {
                unsafe seccomp_rule_add_array(context, failNotPermitted, clone, 1, &condition)
            }
        }
        let clone3 = unsafe seccomp_syscall_resolve_name("clone3")
        guard clone3 != CInt(__NR_SCMP_ERROR) else { return }
        try Self.check("seccomp_rule_add") { unsafe seccomp_rule_add_array(context, failNoFunction, clone3, 0, nil) }
    }

    private var names: [String] {
        switch self {
        case .refusing(let names), .refusingNamespaces(let names), .allowingOnly(let names): names
        }
    }

    private var defaultAction: UInt32 {
        switch self {
        case .refusing, .refusingNamespaces: Self.allow
        case .allowingOnly: Self.killProcess
        }
    }

    private var ruleAction: UInt32 {
        switch self {
        case .refusing, .refusingNamespaces: Self.failNotPermitted
        case .allowingOnly: Self.allow
        }
    }

    /// The worker is one program of the native architecture; an image may hold programs of its 32-bit form too.
    private var compatibleArchitectures: [UInt32] {
        if case .allowingOnly = self { return [] }
        return switch seccomp_arch_native() {
        case Self.x86_64: [Self.x86, Self.x32]
        case Self.arm64: [Self.arm]
        default: []
        }
    }

    // The headers define these by macros that Swift does not import. Source: linux/seccomp.h, linux/audit.h.
    private static let allow: UInt32 = 0x7fff_0000
    private static let killProcess: UInt32 = 0x8000_0000
    private static let failNotPermitted: UInt32 = 0x0005_0000 | UInt32(EPERM)
    private static let failNoFunction: UInt32 = 0x0005_0000 | UInt32(ENOSYS)
    private static let x86_64: UInt32 = 0xc000_003e
    private static let x86: UInt32 = 0x4000_0003
    private static let x32: UInt32 = 0x4000_003e
    private static let arm64: UInt32 = 0xc000_00b7
    private static let arm: UInt32 = 0x4000_0028

    /// libseccomp returns the errno, negative, instead of setting it.
    private static func check(_ call: String, _ body: () -> CInt) throws(SystemError) {
        let result = body()
        guard result == 0 else { throw failure(call, result) }
    }

    private static func failure(_ call: String, _ result: CInt) -> SystemError {
        SystemError(call, errno: Errno(rawValue: result < 0 ? 0 &- result : EINVAL))
    }
}
