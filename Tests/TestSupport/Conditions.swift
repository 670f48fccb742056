import Glibc
public import Testing

/// What a test needs of the machine, with the reason that a skipped test shows.
///
/// The two identities are both run by `make test`, so a test for the other one is simply skipped. Everything else is a
/// property of the machine: there `STACKER_REQUIRE_ALL_TESTS=1` turns a skip into a failure.
extension Trait where Self == ConditionTrait {
    /// Only root may run this test; the pass as an ordinary user skips it.
    public static var requiresRoot: Self {
        .enabled("needs root") { Host.isRoot }
    }

    /// Only an ordinary user may run this test; the pass as root skips it.
    public static var requiresUser: Self {
        .enabled("needs an ordinary user, not root") { !Host.isRoot }
    }

    /// The kernel lets this identity make a user namespace.
    public static var requiresUserNamespaces: Self {
        machine("needs user namespaces") { Host.hasUserNamespaces }
    }

    /// The identity may map a range of subordinate ids: newuidmap, newgidmap and a range in both files.
    ///
    /// Always true of root, which writes its maps itself.
    public static var requiresSubordinateIds: Self {
        machine("needs subordinate ids: newuidmap, newgidmap, /etc/subuid, /etc/subgid") {
            Host.isRoot || (Host.hasUserNamespaces && Host.hasSubordinateIds)
        }
    }

    /// The test takes long, and runs in `make soak` only.
    public static var soak: Self {
        .enabled("runs in make soak") { getenv("STACKER_SOAK") != nil }
    }

    /// A program that the tests start is installed.
    public static func requiresTool(_ name: String) -> Self {
        machine("needs the program \(name)") { Host.tool(name) != nil }
    }

    /// The distribution's Python has these modules.
    public static func requiresPythonModules(_ names: String...) -> Self {
        machine("needs the modules \(names.joined(separator: ", ")) of /usr/bin/python3") {
            Host.hasPythonModules(names)
        }
    }

    /// scripts/make-debian-base has made a root file system of Debian, which needs a mirror once.
    public static var requiresDebianBase: Self {
        machine("needs .build/debian-base.tar, which scripts/make-debian-base makes") { Host.hasDebianBase }
    }

    /// A strace that may trace programs which get privileges, as newuidmap does: ``Host/tracer``.
    public static var requiresTracer: Self {
        machine("needs strace with the right to trace newuidmap: `make test` as root prepares one") {
            Host.tracer != nil
        }
    }

    /// A condition that a complete test machine fulfils.
    private static func machine(_ reason: String, _ isMet: @escaping @Sendable () -> Bool) -> Self {
        .enabled(Comment(rawValue: reason)) {
            if isMet() { return true }
            if getenv("STACKER_REQUIRE_ALL_TESTS") != nil { throw MissingCondition(reason: reason) }
            return false
        }
    }
}

/// A machine that should run every test lacks something.
struct MissingCondition: Error, CustomStringConvertible {
    let reason: String

    var description: String { "\(reason), and STACKER_REQUIRE_ALL_TESTS is set" }
}
