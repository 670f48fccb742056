public import Diagnostics

/// One command on a root file system that is an overlay of layer directories.
///
/// All names of directories are relative to the working directory of stacker-nsexec, which is the roots directory.
public struct Step: Hashable, Sendable {
    /// Layer directories in overlay form, lowest first; may be empty.
    public var layers: [ByteString]
    /// Where changes go.
    public var upper: ByteString
    /// A fresh, empty directory beside `upper`, for overlayfs's own use; `volatile` forbids a second use.
    public var work: ByteString
    /// An empty directory where the overlay is mounted; also the lowest layer when `layers` is empty.
    public var root: ByteString
    /// Directories and files of the host that the command sees.
    public var binds: [Bind]
    public var hostname: ByteString
    /// The command and its arguments; the command is an absolute path inside the image.
    public var arguments: [ByteString]
    /// `NAME=value` entries; the whole environment.
    public var environment: [ByteString]
    /// Absolute path inside the image.
    public var workingDirectory: ByteString
    /// A terminal for the command alone; `nil` where it needs none.
    public var terminal: Terminal?

    public struct Bind: Hashable, Sendable {
        /// Absolute host path.
        public var source: ByteString
        /// Absolute path inside the image; made there if missing, a directory or an empty file as the source is, and
        /// removed after the command if we made it and it is still empty.
        public var destination: ByteString
        public var isWritable: Bool

        public init(source: ByteString, destination: ByteString, isWritable: Bool) {
            self.source = source
            self.destination = destination
            self.isWritable = isWritable
        }
    }

    /// A new terminal of the image's own devpts, which controls the session of the command.
    public struct Terminal: Hashable, Sendable {
        /// The Unix socket to which its other side is sent, as the one descriptor of one message.
        public var socket: Int32
        /// Which of the command's descriptors 0, 1 and 2 it is; the others are those of stacker-nsexec.
        public var uses: Set<UInt8>
        /// Its size in characters.
        public var rows: UInt16
        public var columns: UInt16

        public init(socket: Int32, uses: Set<UInt8>, rows: UInt16, columns: UInt16) {
            self.socket = socket
            self.uses = uses
            self.rows = rows
            self.columns = columns
        }
    }

    public init(
        layers: [ByteString], upper: ByteString, work: ByteString, root: ByteString, binds: [Bind] = [],
        hostname: ByteString = "stacker", arguments: [ByteString], environment: [ByteString],
        workingDirectory: ByteString = "/", terminal: Terminal? = nil
    ) {
        self.layers = layers
        self.upper = upper
        self.work = work
        self.root = root
        self.binds = binds
        self.hostname = hostname
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.terminal = terminal
    }
}

extension Step {
    func encode(into writer: inout MessageWriter) {
        writer.append(layers) { $0.append($1) }
        for name in [upper, work, root] { writer.append(name) }
        writer.append(binds) {
            $0.append($1.source)
            $0.append($1.destination)
            $0.append($1.isWritable)
        }
        writer.append(hostname)
        writer.append(arguments) { $0.append($1) }
        writer.append(environment) { $0.append($1) }
        writer.append(workingDirectory)
        writer.append(terminal) { writer, terminal in
            writer.append(terminal.socket)
            writer.append(terminal.uses.sorted()) { $0.append($1) }
            writer.append(terminal.rows)
            writer.append(terminal.columns)
        }
    }

    init(reading reader: inout MessageReader) throws(MalformedMessage) {
        layers = try reader.byteStrings("layers")
        upper = try reader.byteString("upper")
        work = try reader.byteString("work")
        root = try reader.byteString("root")
        binds = try reader.list("binds") { (reader) throws(MalformedMessage) in
            Bind(
                source: try reader.byteString("source"), destination: try reader.byteString("destination"),
                isWritable: try reader.flag("writable"))
        }
        hostname = try reader.byteString("hostname")
        arguments = try reader.byteStrings("arguments")
        environment = try reader.byteStrings("environment")
        workingDirectory = try reader.byteString("working directory")
        terminal = try reader.optional("terminal", Terminal.init(reading:))
    }
}

extension Step.Terminal {
    fileprivate init(reading reader: inout MessageReader) throws(MalformedMessage) {
        socket = try reader.integer("terminal socket")
        let numbers = try reader.list("terminal descriptors") { (reader) throws(MalformedMessage) in
            try reader.integer("terminal descriptor", as: UInt8.self)
        }
        guard numbers.allSatisfy({ $0 <= 2 }) else { throw MalformedMessage("terminal descriptor") }
        uses = Set(numbers)
        rows = try reader.integer("rows")
        columns = try reader.integer("columns")
    }
}
