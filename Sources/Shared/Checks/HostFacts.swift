public import Accounts
public import Diagnostics
public import LinuxSystem

/// What this host says about itself; read after something failed, to explain why.
///
/// Facts explain a failure, they never predict one: only trying an operation tells whether it works.
public struct HostFacts: Hashable, Sendable {
    public var account: Account
    public var distribution: Distribution
    public var kernel: Kernel
    public var process: Process
    public var userMapper: MappingProgram
    public var groupMapper: MappingProgram
    public var subordinateIDs: Result<SubordinateIDs, SubordinateIDError>
    public var accountFiles: AccountFiles
    /// Where the roots directory lies; `nil` where that is not known.
    public var rootsFileSystem: FileSystemKind?

    /// Settings of the kernel; `nil` where it has no such setting.
    public struct Kernel: Hashable, Sendable {
        public var hasUserNamespaces = true
        /// `kernel.unprivileged_userns_clone`, of Debian's and the hardened kernels.
        public var unprivilegedUserNamespaces: UInt64?
        /// `user.max_user_namespaces`.
        public var maximumUserNamespaces: UInt64?
        /// `user.max_mnt_namespaces`.
        public var maximumMountNamespaces: UInt64?
        /// `kernel.apparmor_restrict_unprivileged_userns`, of Ubuntu's kernels.
        public var appArmorRestriction: UInt64?

        public init() {}
    }

    /// What this process inherited from its surroundings.
    public struct Process: Hashable, Sendable {
        /// Programs that it starts gain no privilege (prctl(2), PR_SET_NO_NEW_PRIVS).
        public var hasNoNewPrivileges = false
        /// Somebody filters its system calls.
        public var hasSystemCallFilter = false
        /// The AppArmor profile and its mode, such as `docker-default (enforce)`; `nil` where none confines it.
        public var appArmorLabel: ByteString?
        /// It is inside a user namespace that has only a part of the ids.
        public var isInUserNamespace = false

        public init() {}
    }

    /// What a command that gives the account ids depends on.
    public struct AccountFiles: Hashable, Sendable {
        /// The account is in /etc/passwd, and not in a directory.
        public var isLocal = true
        /// Whether usermod(8) can do it: it is installed, the account is local, and both files exist.
        public var usermodWorks = true
        /// Ids that nobody has, for this account.
        public var freeRange: SubordinateRange?
        /// Lines of /etc/subuid and /etc/subgid that newuidmap and newgidmap skip.
        public var malformedUserLines: [Int] = []
        public var malformedGroupLines: [Int] = []
        /// An AppArmor profile for stacker-nsexec is in /etc/apparmor.d.
        public var hasAppArmorProfile = false
        /// getsubids(1) is installed.
        public var hasGetsubids = true

        public init() {}
    }

    public init(
        account: Account, distribution: Distribution, kernel: Kernel = Kernel(), process: Process = Process(),
        userMapper: MappingProgram, groupMapper: MappingProgram,
        subordinateIDs: Result<SubordinateIDs, SubordinateIDError>, accountFiles: AccountFiles = AccountFiles(),
        rootsFileSystem: FileSystemKind? = nil
    ) {
        self.account = account
        self.distribution = distribution
        self.kernel = kernel
        self.process = process
        self.userMapper = userMapper
        self.groupMapper = groupMapper
        self.subordinateIDs = subordinateIDs
        self.accountFiles = accountFiles
        self.rootsFileSystem = rootsFileSystem
    }
}
