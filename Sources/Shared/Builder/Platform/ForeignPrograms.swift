import Accounts
import Checks
import Diagnostics
import Glibc
import LinuxSystem
import OCI
import Stackerfile
import SystemPackage

/// Whether this machine can run programs that were made for another one.
enum ForeignPrograms {
    private static let formats: FilePath = "/proc/sys/fs/binfmt_misc"

    /// Refuses images whose programs cannot be run here, before anything is built.
    ///
    /// `scratch` is a directory of stacker's own.
    static func check(_ images: [ImageRecipe], scratch: FilePath) throws(Failure) {
        var known: Set<Platform> = [.host]
        // Kernels of the one run programs of the other as they are, wherever distributions build them.
        if Platform.host.architecture == "amd64" { known.insert(Platform(os: "linux", architecture: "386")) }
        for image in images where image.runsSomething && !known.contains(image.platform) {
            try attempt("cannot build \"\(image.name)\"") { try check(image.platform, scratch: scratch) }
            known.insert(image.platform)
        }
    }

    private static func check(_ platform: Platform, scratch: FilePath) throws {
        guard platform.os == "linux" else {
            throw Failure(
                "programs for \(platform.os) cannot be run on Linux",
                hint: "leave out run and generate_labels, or say `os: linux`", class: .unsupported)
        }
        guard let header = ProgramHeader(architecture: platform.architecture) else {
            throw Failure(
                "\"\(platform.architecture)\" is no architecture whose programs stacker can have run",
                hint: "use the words of Go's GOARCH, such as amd64 or arm64", class: .unsupported)
        }
        switch try support(for: header, scratch: scratch) {
        case .available: return
        case .none: throw failure("this machine has nothing that runs programs for \(platform)", platform)
        case .notFixed(let name):
            throw failure(
                "\(name) of binfmt_misc runs programs for \(platform), but not in other roots: it lacks F", platform)
        }
    }

    private static func failure(_ summary: String, _ platform: Platform) -> Failure {
        let fix = (try? Account.current()).map {
            HostFacts.read(for: $0).distribution.installEmulator(for: platform.architecture)
        }
        return Failure(summary, hint: fix?.description, class: .unsupported)
    }

    private enum Support {
        case available
        case notFixed(ByteString)
        case none
    }

    private static func support(for header: ProgramHeader, scratch: FilePath) throws -> Support {
        guard let directory = try? OwnedDescriptor.open(directory: formats),
            let names = try? directory.names(), names.contains("status")
        else { return try isStarted(header, scratch: scratch) ? .available : .none }
        var result = Support.none
        for name in names.sorted() where !["register", "status"].contains(name) {
            guard let file = try? OwnedDescriptor.open(name, in: directory, O_NOFOLLOW),
                let text = try? file.readToEnd(limit: 65_536)
            else { continue }
            let format = BinaryFormat(parsing: text)
            guard format.matches(header) else { continue }
            if format.isFixed { return .available }
            result = .notFixed(name)
        }
        return result
    }

    /// Whether the kernel starts something for such a program: in a container the list is often out of sight.
    private static func isStarted(_ header: ProgramHeader, scratch: FilePath) throws -> Bool {
        let name: ByteString = "foreign-program"
        let home = try PrivateDirectory.open(scratch)
        try FileTree.remove(name, in: home)
        let file = try OwnedDescriptor.open(name, in: home, O_WRONLY | O_CREAT | O_EXCL, mode: 0o700)
        try file.write(header.bytes)
        try file.close()
        let result = Result { () throws(SystemError) in
            try CapturedProgram.run(
                scratch.appending("foreign-program"), [], outputLimit: 65_536, timeLimit: .seconds(10))
        }
        try FileTree.remove(name, in: home)
        guard case .failure(let error) = result else { return true }
        // Anything else says nothing about the kernel: then the build step shows it.
        return error.errno != .execFormatError
    }
}
