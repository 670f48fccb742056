public import Diagnostics

/// A worker (`stacker internal …`) and the one directory it will see.
public struct JailedProgram: Hashable, Sendable {
    /// Absolute host path, and the arguments after the program's name.
    public var program: ByteString
    public var arguments: [ByteString]
    public var view: View
    /// Descriptors the worker keeps beside 0, 1 and 2; all others are closed.
    public var descriptors: [Int32]

    /// What the worker finds in its working directory, and makes its root before it reads hostile bytes.
    public enum View: Hashable, Sendable {
        /// The working directory of stacker-nsexec itself, writable: where an archive is unpacked.
        case directory
        /// Read-only `upper`, and read-only `lower`: an overlay of the layers below it, lowest first, or an empty
        /// directory when there are none. For packing. Names are relative to the working directory.
        case layer(upper: ByteString, below: [ByteString])
        /// Read-only `source`, the root file system that layers make, lowest first, and writable `target`. For copying.
        case copy(source: [ByteString], target: Target)
    }

    /// What can be copied to; names are relative to the working directory, or absolute.
    public enum Target: Hashable, Sendable {
        case directory(ByteString)
        /// The root file system that layers make, lowest first; what changes in it goes to `upper`.
        ///
        /// `work` is a fresh, empty directory beside `upper`, for overlayfs's own use.
        case layer(upper: ByteString, work: ByteString, below: [ByteString])
    }

    public init(program: ByteString, arguments: [ByteString], view: View, descriptors: [Int32]) {
        self.program = program
        self.arguments = arguments
        self.view = view
        self.descriptors = descriptors
    }
}

extension JailedProgram {
    func encode(into writer: inout MessageWriter) {
        writer.append(program)
        writer.append(arguments) { $0.append($1) }
        switch view {
        case .directory: writer.append(UInt8(1))
        case .layer(let upper, let below):
            writer.append(UInt8(2))
            writer.append(upper)
            writer.append(below) { $0.append($1) }
        case .copy(let source, let target):
            writer.append(UInt8(3))
            writer.append(source) { $0.append($1) }
            target.encode(into: &writer)
        }
        writer.append(descriptors) { $0.append($1) }
    }

    init(reading reader: inout MessageReader) throws(MalformedMessage) {
        program = try reader.byteString("program")
        arguments = try reader.byteStrings("arguments")
        switch try reader.integer("view", as: UInt8.self) {
        case 1: view = .directory
        case 2: view = .layer(upper: try reader.byteString("upper"), below: try reader.byteStrings("below"))
        case 3: view = .copy(source: try reader.byteStrings("source"), target: try Target(reading: &reader))
        default: throw MalformedMessage("view")
        }
        descriptors = try reader.list("descriptors") { (reader) throws(MalformedMessage) in
            try reader.integer("descriptor")
        }
    }
}

extension JailedProgram.Target {
    fileprivate func encode(into writer: inout MessageWriter) {
        switch self {
        case .directory(let path):
            writer.append(UInt8(1))
            writer.append(path)
        case .layer(let upper, let work, let below):
            writer.append(UInt8(2))
            writer.append(upper)
            writer.append(work)
            writer.append(below) { $0.append($1) }
        }
    }

    fileprivate init(reading reader: inout MessageReader) throws(MalformedMessage) {
        switch try reader.integer("target", as: UInt8.self) {
        case 1: self = .directory(try reader.byteString("target"))
        case 2:
            self = .layer(
                upper: try reader.byteString("upper"), work: try reader.byteString("work"),
                below: try reader.byteStrings("below"))
        default: throw MalformedMessage("target")
        }
    }
}
