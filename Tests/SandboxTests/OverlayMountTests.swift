import CShims
import Diagnostics
import Foundation
import Glibc
import LinuxSystem
@testable import Sandbox
import SystemPackage
import Testing

@Suite struct OverlayMountTests {
    @Test func `parameters name the topmost layer first and never what the kernel refuses`() {
        let overlay = OverlayMount(
            lower: ["top", "bottom"], changes: OverlayMount.Changes(upper: "u", work: "w"), attributes: [])
        let texts = overlay.options.map { option in option.value.map { "\(option.key)=\($0)" } ?? option.key }
        #expect(
            texts == [
                "lowerdir+=top", "lowerdir+=bottom", "upperdir=u", "workdir=w", "volatile", "userxattr", "index=off",
                "nfs_export=off", "xino=off", "redirect_dir=nofollow", "metacopy=off",
            ])
    }

    private static let settings =
        ",userxattr,index=off,nfs_export=off,xino=off,redirect_dir=nofollow,metacopy=off"

    @Test(
        arguments: [
            (["a", "b"], nil, "lowerdir=a:b"),
            (["a:b", "c,d", "e\\f"], nil, "lowerdir=a\\:b:c\\,d:e\\\\f"),
            (
                ["a"], OverlayMount.Changes(upper: "u:v,w", work: "x\\y"),
                "lowerdir=a,upperdir=u:v\\,w,workdir=x\\\\y,volatile"
            ),
        ] as [([ByteString], OverlayMount.Changes?, String)])
    func `one string escapes what separates names`(
        lower: [ByteString], changes: OverlayMount.Changes?, expected: String
    ) {
        #expect(OverlayMount.string(lower, changes) == ByteString(expected + Self.settings))
    }

    /// Mounting changes the working directory and the mount namespace: a process of its own does it.
    private static func inMountNamespace(_ body: @Sendable () throws -> Void) -> Int32 {
        let child = fork()
        if child == 0 {
            do {
                try OwnNamespaces.enter(0)
                try DetachedMount.make("tmpfs").attach(to: try OverlayMount.open("/tmp"))
                try check("chdir") { chdir("/tmp") }
                try body()
                _exit(0)
            } catch {
                StandardError.print("child", Failure(explaining: error))
                _exit(1)
            }
        }
        var status: CInt = 0
        waitpid(child, &status, 0)
        return status
    }

    @Test(.enabled(if: geteuid() == 0, "mounting needs root"), arguments: OverlayMount.Method.allCases)
    func `both ways to mount give the same overlay, whatever the names`(method: OverlayMount.Method) {
        let status = Self.inMountNamespace {
            let names: [ByteString] = ["a:b", "c,d", "e\\f", "g h", "up:per", "wo,rk", "root"]
            for name in names { try check("mkdir") { mkdir("\(name)", 0o755) } }
            for (index, name) in names.prefix(4).enumerated() {
                for file in ["same", "only\(index)"] {
                    try Data("\(index)".utf8).write(to: URL(fileURLWithPath: "/tmp/\(name)/\(file)"))
                }
            }
            let overlay = OverlayMount(
                lower: Array(names.prefix(4)), changes: OverlayMount.Changes(upper: "up:per", work: "wo,rk"),
                attributes: .noDevices)
            try overlay.mount(on: try OverlayMount.open("root"), by: method)
            let found = try FileManager.default.contentsOfDirectory(atPath: "/tmp/root").sorted()
            guard found == ["only0", "only1", "only2", "only3", "same"] else { _exit(2) }
            guard try String(contentsOfFile: "/tmp/root/same", encoding: .utf8) == "0" else { _exit(3) }
            try check("unlink") { unlink("/tmp/root/only1") }
            var whiteout = stat()
            guard lstat("/tmp/up:per/only1", &whiteout) == 0, whiteout.st_mode & S_IFMT == S_IFCHR else { _exit(4) }
            let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
            guard mounts.split(separator: "\n").last?.contains("nodev") == true else { _exit(5) }
        }
        #expect(status == 0)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting needs root"), arguments: OverlayMount.Method.allCases)
    func `many layers with long names fit`(method: OverlayMount.Method) {
        let status = Self.inMountNamespace {
            let names = (0..<300).map { ByteString(String(repeating: "x", count: 100) + "\($0)") }
            for name in names { try check("mkdir") { mkdir("\(name)", 0o755) } }
            for (index, name) in names.enumerated() { try check("mkdir") { mkdir("\(name)/\(index)", 0o755) } }
            for name in ["u", "w", "root"] { try check("mkdir") { mkdir(name, 0o755) } }
            let overlay = OverlayMount(
                lower: names, changes: OverlayMount.Changes(upper: "u", work: "w"), attributes: [])
            try overlay.mount(on: try OverlayMount.open("root"), by: method)
            guard try FileManager.default.contentsOfDirectory(atPath: "/tmp/root").count == 300 else { _exit(2) }
            guard getcwd(nil, 0).map({ String(cString: $0) }) == "/tmp" else { _exit(3) }
        }
        #expect(status == 0)
    }

    @Test(.enabled(if: geteuid() == 0, "mounting needs root"))
    func `a name that the kernel would cut off is an error`() {
        let status = Self.inMountNamespace {
            let name = ByteString(String(repeating: "d/", count: 150))
            let overlay = OverlayMount(lower: [name, "b"], changes: nil, attributes: .readOnly)
            do throws(SystemError) {
                try overlay.mount(on: try OverlayMount.open("."))
                _exit(2)
            } catch {
                guard error.errno == .noSuchFileOrDirectory else { _exit(3) }
            }
        }
        #expect(status == 0)
    }
}
