import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// Reads the directory that a build step filled with labels: a file's name is the label's, its content the value.
///
/// The step decided what is in it. So nothing is followed and nothing that is no plain file is opened: a link could lead
/// to any file of the host that the caller may read, and a device or FIFO has effects of its own.
struct LabelDirectory: ~Copyable {
    private let directory: OwnedDescriptor
    private let limits: Limits

    init(_ directory: consuming OwnedDescriptor, limits: Limits) {
        self.directory = directory
        self.limits = limits
    }

    func read() throws -> [String: String] {
        let names = try directory.names()
        guard names.count <= limits.labels else {
            throw Failure("there are \(names.count) files, and \(limits.labels) are allowed", class: .limit)
        }
        var labels: [String: String] = [:]
        var room = limits.labelBytes
        for name in names.sorted() {
            guard let label = name.utf8Text else {
                throw Failure("\(name) is no name of a label", causes: ["it is not UTF-8"], class: .rejected)
            }
            guard labels[label] == nil else {
                throw Failure("two labels are both named \(name), in different bytes", class: .rejected)
            }
            let bytes = try contents(of: name, atMost: room - name.count)
            guard let value = String(validating: bytes, as: UTF8.self) else {
                throw Failure("\(name) holds no label", causes: ["its bytes are not UTF-8"], class: .rejected)
            }
            room -= name.count + bytes.count
            labels[label] = value
        }
        return labels
    }

    private func contents(of name: ByteString, atMost room: Int) throws -> [UInt8] {
        // Opening some kinds of files has effects, so the kind is looked at first. No process of the step is left that
        // could put another one in its place; that none did is looked at all the same.
        let seen = try directory.status(of: name)
        try Self.checkKind(seen, name)
        let file = try open(name)
        let status = try file.status()
        guard status.identity == seen.identity else {
            throw Failure("\(name) was replaced while it was read", class: .rejected)
        }
        guard room >= 0, status.size <= Int64(room) else { throw tooMuch }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try file.readToEnd(limit: room)
        } catch {
            guard error.errno == .fileTooLarge else { throw error }
            throw tooMuch
        }
        return bytes
    }

    private var tooMuch: Failure {
        Failure("names and contents of the files are more than \(limits.labelBytes) bytes", class: .limit)
    }

    private func open(_ name: ByteString) throws -> OwnedDescriptor {
        do throws(SystemError) {
            return try OwnedDescriptor.open(
                name, in: directory, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, resolving: .noSymbolicLinks)
        } catch {
            guard error.errno == .permissionDenied else { throw error }
            throw Failure(
                "cannot read \(name)", causes: [error.errno.description],
                hint: "let generate_labels make it readable: `chmod a+r /stacker/oci-labels/*`", class: .permission)
        }
    }

    private static func checkKind(_ status: FileStatus, _ name: ByteString) throws(Failure) {
        let kind =
            switch status.kind {
            case .regular: ""
            case .directory: "a directory"
            case .symbolicLink: "a symbolic link"
            case .fifo: "a FIFO"
            case .socket: "a socket"
            case .characterDevice, .blockDevice: "a device"
            }
        guard kind.isEmpty else {
            throw Failure("\(name) is \(kind), and only a file can be a label", class: .rejected)
        }
    }
}
