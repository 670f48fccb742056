import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// newuidmap or newgidmap of the shadow suite, running.
struct MapProgram: ~Copyable {
    private let name: String
    private let stage: HelperFailure.Stage
    private let process: pid_t
    private let errors: OwnedDescriptor

    static func start(
        _ name: String, _ stage: HelperFailure.Stage, _ target: pid_t, _ maps: [IdentityMap]
    ) throws(HelperFailure) -> MapProgram {
        let places = SystemPrograms.directories.map { ByteString($0.appending(name)) }
        guard let program = places.first(where: isTrustworthy) else {
            throw HelperFailure(
                stage, call: name, errno: ENOENT,
                detail: "no such program, owned by root and writable by nobody else, in "
                    + places.map(\.description).joined(separator: ", "))
        }
        return try during(stage) { () throws(SystemError) in
            let arguments = try ArgumentVector([ByteString(name)] + self.arguments(target, maps))
            let environment = try ArgumentVector(["PATH=/usr/bin:/bin"])
            let errors = try Pipe.make()
            let process = try ThisProcess.fork {
                ThisProcess.resetSignals()
                let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
                guard dup2(null, 0) == 0, dup2(null, 1) == 1, dup2(errors.writer.raw, 2) == 2 else { _exit(126) }
                let error = ArgumentVector.execute(program, arguments, environment)
                StandardError.print(name, error)
                _exit(126)
            }
            return MapProgram(name: name, stage: stage, process: process, errors: errors.reader)
        }
    }

    /// `PID` and then each line of the map.
    static func arguments(_ target: pid_t, _ maps: [IdentityMap]) -> [ByteString] {
        [ByteString(String(target))]
            + maps.flatMap { map in [map.inside, map.outside, map.count].map { ByteString(String($0)) } }
    }

    /// Waits for the program; what went wrong, if anything.
    consuming func failure() -> HelperFailure? {
        let limit = 4096
        var text: [UInt8] = []
        do throws(SystemError) {
            while true {
                let piece = try errors.read(upTo: limit)
                if piece.isEmpty { break }
                text += piece.prefix(limit - text.count)
            }
            let status = try ThisProcess.wait(for: process)
            guard status != 0 else { return nil }
        } catch {
            return HelperFailure(stage, error)
        }
        while let last = text.last, last == 0x0a || last == 0x20 { text.removeLast() }
        return HelperFailure(stage, call: name, detail: ByteString(text).description)
    }

    /// A set-id program that somebody else may have changed is not what its name says.
    private static func isTrustworthy(_ program: ByteString) -> Bool {
        var status = stat()
        guard let path = FilePath(program) else { return false }
        let found = unsafe path.withPlatformString { unsafe stat($0, &status) == 0 }
        return found && status.st_mode & S_IFMT == S_IFREG && status.st_uid == 0 && status.st_mode & 0o022 == 0
    }
}
