import Accounts
import Checks
public import Diagnostics
import Glibc
import HelperClient
import LinuxSystem
import Storage
import SystemPackage

extension Builder {
    /// Does what a build needs, with the real helper in the real roots directory, and says what does not work.
    ///
    /// - Throws: what kept the check itself from being made.
    public static func check(_ directories: Directories) async throws(Failure) -> HostReport {
        try await attempt("cannot check this host") {
            let helper = try Helper.locate()
            let roots = directories.roots
            _ = try PrivateDirectory.open(roots)
            // A build would sweep our scratch directories away while we look at them.
            let locks = try BuildLocks(directories)
            defer { withExtendedLifetime(locks) {} }
            let kind = try FileSystemKind(of: roots)
            var report = HostReport(kernel: try kernel(), roots: line(of: roots, kind), probes: [])

            report.note("roots-dir", try place(of: roots, kind))
            var namespace: BuildNamespace?
            try await report.attempt("user-namespace") {
                namespace = try await Namespace.enter(helper, roots: roots)
            }
            let storage = try namespace.map { (namespace) throws(Failure) in
                try OverlayStorage(roots: roots, helper: helper, namespace: OnFirstUse { namespace })
            }
            try await report.attempt("overlay") {
                try await Namespace.explaining(roots: roots) { try await storage?.probeOverlay() }
            }
            try await report.attempt("build-step") {
                try await Namespace.explaining(roots: roots) { try await storage?.probeStep() }
            }
            return report
        }
    }

    private static func kernel() throws -> String {
        let release = try SystemFile.contents(of: "/proc/sys/kernel/osrelease") ?? []
        return "Linux \(ByteString(release.filter { $0 != UInt8(ascii: "\n") }))"
    }

    private static func line(of roots: FilePath, _ kind: FileSystemKind) -> String {
        "\(ByteString(roots)) \(kind.description.uppercased())(\(String(kind.magic, radix: 16)))"
    }

    /// What is wrong with the path or the kind of the directory, before anything is tried in it.
    private static func place(of roots: FilePath, _ kind: FileSystemKind) throws -> Finding? {
        let real = try OwnedDescriptor.open(directory: roots).hostPath()
        if real != ByteString(roots.lexicallyNormalized()) {
            return Finding(
                "RD-01", "the roots directory uses symbolic links", because: "\(ByteString(roots)) leads to \(real)",
                fix: .advice("\(ByteString(roots)) uses symbolic links, use \"\(real)\" instead"))
        }
        if kind == .nfs {
            return Finding(
                "RD-02", "the roots directory is on NFS", because: "overlayfs cannot write to NFS",
                fix: .advice("choose a directory on a local ext4, xfs or btrfs file system with `--roots-dir`"))
        }
        return nil
    }
}

extension HostReport {
    fileprivate mutating func note(_ name: String, _ finding: Finding?) {
        probes.append(Probe(name: name, outcome: finding.map(Outcome.blocked) ?? .works))
    }

    /// Tries it, unless something that it depends on did not work.
    fileprivate mutating func attempt(_ name: String, _ body: () async throws -> Void) async throws {
        // What the path looks like is worth a finding of its own, and no reason not to try the rest.
        if let failed = probes.first(where: { $0.name != "roots-dir" && $0.outcome != .works }) {
            probes.append(Probe(name: name, outcome: .skipped(because: failed.name)))
            return
        }
        do {
            try await body()
            note(name, nil)
        } catch let finding as Finding {
            note(name, finding)
        }
    }
}
