import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// Does in a scratch directory what build steps do to overlays, and looks at what came of it.
///
/// That an overlay can be mounted proves little: some file systems let it be mounted and then lose what is deleted.
enum OverlayProbe {
    /// The highest id of the range that every build maps.
    private static let highestID: UInt32 = 65_535

    /// Tries it in the empty directory `name` of the working directory, in a mount namespace of its own.
    ///
    /// What it makes there stays, for whoever made the directory to remove.
    static func run(_ name: ByteString) throws(HelperFailure) {
        umask(0o022)
        try during(.newNamespaces) { () throws(SystemError) in try OwnNamespaces.enter(0) }
        try during(.mountOverlay) { () throws(SystemError) in
            let scratch = try OverlayMount.open(name)
            try check("fchdir", name) { fchdir(scratch.raw) }
            let place = try OwnedDescriptor.open(directory: ".")
            try prepare(place)
            let changes = OverlayMount.Changes(upper: "upper", work: "work")
            let overlay = OverlayMount(lower: ["lower"], changes: changes, attributes: [])
            try overlay.mount(on: try OverlayMount.open("root"))
            try change(try place.openDirectory("upper"), through: try OwnedDescriptor.open(directory: "root"))
        }
    }

    private static func prepare(_ place: borrowing OwnedDescriptor) throws(SystemError) {
        for directory in ["lower", "upper", "work", "root"] as [ByteString] {
            try place.makeDirectory(directory, mode: 0o755)
        }
        let lower = try place.openDirectory("lower")
        try lower.makeDirectory("directory", mode: 0o755)
        try makeFile("inside", in: try lower.openDirectory("directory"))
        for name in ["deleted", "owned"] as [ByteString] { try makeFile(name, in: lower) }
    }

    /// Deletes, replaces and gives away in `root`; then looks for the marks of it in `upper`.
    private static func change(
        _ upper: borrowing OwnedDescriptor, through root: borrowing OwnedDescriptor
    ) throws(SystemError) {
        try root.unlink("deleted")
        guard try upper.status(of: "deleted").kind == .characterDevice(0) else {
            throw SystemError("unlinkat", "deleted", errno: .ioError)
        }

        try root.openDirectory("directory").unlink("inside")
        try root.unlink("directory", .directory)
        try root.makeDirectory("directory", mode: 0o755)
        guard try isOpaque(try upper.openDirectory("directory")) else {
            throw SystemError("mkdirat", "directory", errno: .ioError)
        }

        let raw = root.raw
        try check("fchownat", "owned") { unsafe fchownat(raw, "owned", highestID, highestID, AT_SYMLINK_NOFOLLOW) }
        guard try upper.status(of: "owned").user == highestID else {
            throw SystemError("fchownat", "owned", errno: .ioError)
        }
        try makeFile("new", in: root)
    }

    private static func makeFile(_ name: ByteString, in directory: borrowing OwnedDescriptor) throws(SystemError) {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        let file = try OwnedDescriptor.open(name, in: directory, flags, mode: 0o644, resolving: .noSymbolicLinks)
        try file.write([0x78])
        try file.close()
    }

    /// Whether overlayfs marked the directory as one that hides everything below it.
    private static func isOpaque(_ directory: borrowing OwnedDescriptor) throws(SystemError) -> Bool {
        let raw = directory.raw
        var value: UInt8 = 0
        let size = try check("fgetxattr", "user.overlay.opaque") {
            unsafe fgetxattr(raw, "user.overlay.opaque", &value, 1)
        }
        return size == 1 && value == UInt8(ascii: "y")
    }
}
