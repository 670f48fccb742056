import Diagnostics
import HelperProtocol
import LinuxSystem

/// A directory or file that was missing in the image and was made to mount something on it.
struct MadeMountPoint: Hashable, Sendable {
    /// The directory that holds it, from the image's root, without symbolic links; empty for the root itself.
    var parent: ByteString
    var name: ByteString
    var isDirectory: Bool
    /// Its own modification time when it was made: another one later means that somebody has used it.
    var modified: FileStatus.Time
    /// Times of `parent` before it was made in it, and the modification time that making it left.
    var parentAccessed: FileStatus.Time
    var parentModified: FileStatus.Time
    var parentModifiedAfter: FileStatus.Time
}

extension MadeMountPoint {
    func encode(into writer: inout MessageWriter) {
        writer.append(parent)
        writer.append(name)
        writer.append(isDirectory)
        for time in [modified, parentAccessed, parentModified, parentModifiedAfter] {
            writer.append(time.seconds)
            writer.append(time.nanoseconds)
        }
    }

    init(reading reader: inout MessageReader) throws(MalformedMessage) {
        parent = try reader.byteString("parent")
        name = try reader.byteString("name")
        isDirectory = try reader.flag("directory")
        modified = try FileStatus.Time(reading: &reader)
        parentAccessed = try FileStatus.Time(reading: &reader)
        parentModified = try FileStatus.Time(reading: &reader)
        parentModifiedAfter = try FileStatus.Time(reading: &reader)
    }
}

extension FileStatus.Time {
    fileprivate init(reading reader: inout MessageReader) throws(MalformedMessage) {
        self.init(seconds: try reader.integer("seconds"), nanoseconds: try reader.integer("nanoseconds"))
    }
}
