import HelperProtocol
import LinuxSystem

/// What tells that a file is the one that was read, and was not written since.
struct FileStamp: Hashable, Sendable {
    var device: UInt64
    var inode: UInt64
    var size: Int64
    var modified: FileStatus.Time
    /// `nil` where the file gets new names all the time, which changes this time too.
    var changed: FileStatus.Time?

    /// Whether a write after `start` must show in the stamp.
    ///
    /// A file system stores the time of the last clock tick, or of the last second or two. What was changed in the tick
    /// in which reading began may be changed again in the same tick, and look as before.
    func isOlder(than start: FileStatus.Time) -> Bool {
        let last = changed ?? modified
        if last.nanoseconds == 0 { return last.seconds < start.seconds - 2 }
        return (last.seconds, last.nanoseconds) < (start.seconds, start.nanoseconds)
    }
}

extension FileStamp {
    init(_ status: FileStatus) {
        (device, inode, size) = (status.device, status.inode, status.size)
        (modified, changed) = (status.modified, status.changed)
    }

    /// For a file that is linked from several places, and that only this user can write.
    init(ofBlob status: FileStatus) {
        self.init(status)
        changed = nil
    }
}

extension FileStamp {
    func append(to writer: inout MessageWriter) {
        writer.append(device)
        writer.append(inode)
        writer.append(size)
        Self.append(modified, to: &writer)
        writer.append(changed) { Self.append($1, to: &$0) }
    }

    private static func append(_ time: FileStatus.Time, to writer: inout MessageWriter) {
        writer.append(time.seconds)
        writer.append(time.nanoseconds)
    }

    init(reading reader: inout MessageReader) throws(MalformedMessage) {
        device = try reader.integer("device")
        inode = try reader.integer("inode")
        size = try reader.integer("size")
        modified = try Self.time(&reader)
        changed = try reader.optional("changed") { (reader) throws(MalformedMessage) in try Self.time(&reader) }
    }

    private static func time(_ reader: inout MessageReader) throws(MalformedMessage) -> FileStatus.Time {
        FileStatus.Time(seconds: try reader.integer("seconds"), nanoseconds: try reader.integer("nanoseconds"))
    }
}
