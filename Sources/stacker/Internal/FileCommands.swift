import Accounts
import Diagnostics
import LinuxSystem
import SystemPackage

/// `chmod OCTAL FILE` and `chown UID[:GID] FILE`, of one file that is no directory.
enum FileCommands {
    static let wrongNumber = Failure("wrong number of args", class: .usage)

    /// Exactly `count` paths.
    static func paths(_ arguments: [ByteString], count: Int) throws(Failure) -> [FilePath] {
        guard arguments.count == count else { throw wrongNumber }
        var paths: [FilePath] = []
        for argument in arguments {
            guard let path = FilePath(argument), !path.isEmpty else {
                throw Failure("\(argument) is no path", class: .usage)
            }
            paths.append(path)
        }
        return paths
    }

    static func changeMode(_ arguments: [ByteString]) throws {
        guard arguments.count == 2 else { throw wrongNumber }
        let path = try paths([arguments[1]], count: 1)[0]
        let digits = arguments[0].bytes
        guard (1...5).contains(digits.count), let text = arguments[0].utf8Text,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }),
            let mode = UInt32(text, radix: 8), mode <= 0o7777
        else { throw Failure("invalid mode \(arguments[0]): use up to four octal digits", class: .usage) }
        let file = try open(path, for: "chmod", refusing: [.directory, .symbolicLink])
        try attempt("cannot chmod \(ByteString(path))") { try file.setReferencedMode(mode) }
    }

    static func changeOwner(_ arguments: [ByteString]) throws {
        guard arguments.count == 2 else { throw wrongNumber }
        let path = try paths([arguments[1]], count: 1)[0]
        let parts = arguments[0].bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        let ids = parts.map { UInt32(decimal: $0) }
        // The highest number means "as it is" to the kernel.
        guard ids.count <= 2, let user = ids[0], ids.allSatisfy({ $0 != nil && $0 != .max }) else {
            throw Failure("invalid owner \(arguments[0]): use UID or UID:GID", class: .usage)
        }
        let file = try open(path, for: "chown", refusing: [.directory])
        try attempt("cannot chown \(ByteString(path))") {
            try file.setReferencedOwner(user: user, group: ids.count == 2 ? ids[1] : nil)
        }
    }

    private static func open(
        _ path: FilePath, for command: String, refusing refused: [FileStatus.Kind]
    ) throws(Failure) -> OwnedDescriptor {
        try attempt("cannot \(command) \(ByteString(path))") {
            let file = try OwnedDescriptor.open(reference: path)
            let kind = try file.status().kind
            guard !refused.contains(kind) else {
                throw Failure(kind == .directory ? "it is a directory" : "it is a symbolic link", class: .rejected)
            }
            return file
        }
    }
}
