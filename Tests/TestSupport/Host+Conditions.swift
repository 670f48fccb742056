import Glibc
import SystemPackage

extension Host {
    private static let directories = [
        "/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin", "/run/wrappers/bin",
    ]

    /// The path of an installed program, nil where there is none.
    public static func tool(_ name: String) -> String? {
        directories.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Whether the distribution's Python finds these modules.
    static func hasPythonModules(_ names: [String]) -> Bool {
        succeeds(["/usr/bin/python3", "-c", "import \(names.joined(separator: ", "))"])
    }

    /// A strace(1) under which programs still get their privileges; nil where there is none.
    ///
    /// The kernel gives none to a program that is traced by somebody with fewer: for an ordinary user it is a copy
    /// with CAP_SYS_PTRACE beside the tests, which only the user of the tests may run.
    public static let tracer: String? = {
        if isRoot { return tool("strace") }
        let prepared = Program.built("strace").string
        return access(prepared, X_OK) == 0 ? prepared : nil
    }()

    /// A user namespace can be made and is usable: some kernels make one and strip it.
    ///
    /// A child tries it, because a test must not move its own process into a namespace.
    public static let hasUserNamespaces: Bool =
        tool("unshare").map { succeeds([$0, "--user", "--map-root-user", "--mount", "true"]) } ?? false

    /// newuidmap and newgidmap are installed, and both files hold a range of 65536 or more for this user.
    public static let hasSubordinateIds: Bool =
        tool("newuidmap") != nil && tool("newgidmap") != nil && hasRange("/etc/subuid") && hasRange("/etc/subgid")

    private static func hasRange(_ file: String) -> Bool {
        guard let text = contents(of: file) else { return false }
        let names = [userName(), String(getuid())].compactMap(\.self)
        return text.split(separator: "\n").contains { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 3, let count = UInt32(fields[2]) else { return false }
            return count >= 65536 && names.contains(String(fields[0]))
        }
    }

    private static func userName() -> String? {
        getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) }
    }

    private static func contents(of path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func succeeds(_ words: [String]) -> Bool {
        var pid: pid_t = 0
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        guard let path = words.first, posix_spawn(&pid, path, nil, nil, &arguments, environ) == 0 else { return false }
        var status: CInt = 0
        while waitpid(pid, &status, 0) == -1 {
            if errno != EINTR { return false }
        }
        return status == 0
    }
}
