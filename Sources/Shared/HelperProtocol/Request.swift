public import Diagnostics
public import LinuxSystem

/// One operation that stacker asks of stacker-nsexec.
///
/// Descriptors appear by their number in stacker-nsexec, which inherits exactly those the request names beside 0, 1, 2
/// and the channel. Relative paths start from its working directory.
public struct Request: Hashable, Sendable {
    /// The process that must be alive for the operation to make sense; its death kills stacker-nsexec.
    public var parent: Int32
    /// The user namespace to join first; `nil` to stay where the caller is (root, or ``Operation/holdNamespace(_:)``).
    public var userNamespace: Int32?
    public var operation: Operation

    public init(parent: Int32, userNamespace: Int32? = nil, operation: Operation) {
        self.parent = parent
        self.userNamespace = userNamespace
        self.operation = operation
    }

    public enum Operation: Hashable, Sendable {
        /// Makes a user namespace with these maps, says ``Reply/ready``, and lives until the channel is closed.
        case holdNamespace(NamespaceMaps)
        /// Runs one command on an overlay.
        case step(Step)
        /// Runs a worker that sees one directory and nothing else.
        case jail(JailedProgram)
        /// Removes trees below the working directory, each named by one component; what is gone already is fine.
        case removeTrees([ByteString])
        /// Says how many bytes these trees below the working directory take.
        case measureTrees([ByteString])
        /// Tries in this empty directory of the working directory what build steps do to overlays; leaves it there.
        case probe(ByteString)
    }
}

/// What uid_map and gid_map of a new user namespace will say.
public struct NamespaceMaps: Hashable, Sendable {
    public var users: [IdentityMap]
    public var groups: [IdentityMap]

    public init(users: [IdentityMap], groups: [IdentityMap]) {
        self.users = users
        self.groups = groups
    }
}

extension Request {
    /// The first bytes of every request: a name and the version of its form.
    static let magic: UInt32 = 0x7374_0001

    public var message: MessageWriter {
        var writer = MessageWriter()
        writer.append(Self.magic)
        writer.append(parent)
        writer.append(userNamespace) { $0.append($1) }
        switch operation {
        case .holdNamespace(let maps):
            writer.append(UInt8(1))
            writer.append(maps.users) { $0.append($1) }
            writer.append(maps.groups) { $0.append($1) }
        case .step(let step):
            writer.append(UInt8(2))
            step.encode(into: &writer)
        case .jail(let program):
            writer.append(UInt8(3))
            program.encode(into: &writer)
        case .removeTrees(let names):
            writer.append(UInt8(4))
            writer.append(names) { $0.append($1) }
        case .probe(let name):
            writer.append(UInt8(5))
            writer.append(name)
        case .measureTrees(let names):
            writer.append(UInt8(6))
            writer.append(names) { $0.append($1) }
        }
        return writer
    }

    public init(_ reader: MessageReader) throws(MalformedMessage) {
        var reader = reader
        guard try reader.integer("magic", as: UInt32.self) == Self.magic else { throw MalformedMessage("magic") }
        parent = try reader.integer("parent")
        userNamespace = try reader.optional("user namespace") { (reader) throws(MalformedMessage) in
            try reader.integer("user namespace")
        }
        switch try reader.integer("operation", as: UInt8.self) {
        case 1:
            operation = .holdNamespace(
                NamespaceMaps(
                    users: try reader.list("users", IdentityMap.init(reading:)),
                    groups: try reader.list("groups", IdentityMap.init(reading:))))
        case 2: operation = .step(try Step(reading: &reader))
        case 3: operation = .jail(try JailedProgram(reading: &reader))
        case 4: operation = .removeTrees(try reader.byteStrings("names"))
        case 5: operation = .probe(try reader.byteString("name"))
        case 6: operation = .measureTrees(try reader.byteStrings("names"))
        default: throw MalformedMessage("operation")
        }
        try reader.finish()
    }
}

extension MessageWriter {
    mutating func append(_ map: IdentityMap) {
        append(map.inside)
        append(map.outside)
        append(map.count)
    }
}

extension IdentityMap {
    init(reading reader: inout MessageReader) throws(MalformedMessage) {
        self.init(
            inside: try reader.integer("inside"), outside: try reader.integer("outside"),
            count: try reader.integer("count"))
    }
}

extension MessageReader {
    mutating func byteStrings(_ field: String) throws(MalformedMessage) -> [ByteString] {
        try list(field) { (reader) throws(MalformedMessage) in try reader.byteString(field) }
    }
}
