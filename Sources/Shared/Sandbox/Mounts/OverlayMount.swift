import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// An overlay of layer directories, named relative to the working directory.
struct OverlayMount: Hashable, Sendable {
    /// Topmost first, as the kernel wants them; at least two where there is no upper directory.
    var lower: [ByteString]
    /// Where changes go, and the kernel's scratch directory beside it; `nil` makes the overlay read-only.
    var changes: Changes?
    var attributes: MountAttributes

    struct Changes: Hashable, Sendable {
        var upper: ByteString
        var work: ByteString
    }

    /// Which system calls mount it.
    enum Method: Hashable, Sendable, CaseIterable {
        /// fsopen(2) with one `lowerdir+` for each layer, Linux 6.7.
        case byParameters
        /// mount(2) with one string that has to fit a page.
        case byString
    }

    /// What every overlay of ours says: whiteouts and opaque marks in `user.` attributes, and nothing that the host's
    /// module parameters could switch on. (`redirect_dir=off` is refused together with `userxattr`.)
    static let settings: [DetachedMount.Option] = [
        DetachedMount.Option("userxattr"), DetachedMount.Option("index", "off"),
        DetachedMount.Option("nfs_export", "off"), DetachedMount.Option("xino", "off"),
        DetachedMount.Option("redirect_dir", "nofollow"), DetachedMount.Option("metacopy", "off"),
    ]

    /// Mounts on an open directory.
    func mount(on place: borrowing OwnedDescriptor) throws(SystemError) {
        do throws(SystemError) {
            try mount(on: place, by: .byParameters)
        } catch  where [.invalidArgument, .noFunction].contains(error.errno) {
            // A kernel before 6.7 knows no `lowerdir+` and says so only by EINVAL, which can mean anything: what is
            // really wrong with the directories the second way reports too.
            try mount(on: place, by: .byString)
        }
    }

    func mount(on place: borrowing OwnedDescriptor, by method: Method) throws(SystemError) {
        switch method {
        case .byParameters: try DetachedMount.make("overlay", options, attributes).attach(to: place)
        case .byString: try mountByString(on: ByteString("/proc/self/fd/\(place.raw)"))
        }
    }

    /// The parameters in the order in which the kernel is given them.
    var options: [DetachedMount.Option] {
        var options = lower.map { DetachedMount.Option("lowerdir+", $0) }
        if let changes {
            options.append(DetachedMount.Option("upperdir", changes.upper))
            options.append(DetachedMount.Option("workdir", changes.work))
            // Nobody needs the files of a layer in the making after a crash, so the kernel need not sync them.
            options.append(DetachedMount.Option("volatile"))
        }
        return options + Self.settings
    }

    /// The same for mount(2): names joined by `:` and escaped.
    static func string(_ lower: [ByteString], _ changes: Changes?) -> ByteString {
        var bytes = Array("lowerdir=".utf8)
        bytes += lower.map { escape($0, ":") }.joined(separator: [0x3a])
        if let changes {
            bytes += Array(",upperdir=".utf8) + escape(changes.upper, "") + Array(",workdir=".utf8)
            bytes += escape(changes.work, "") + Array(",volatile".utf8)
        }
        for option in settings {
            bytes.append(0x2c)
            bytes += option.key.utf8
            if let value = option.value { bytes += [0x3d] + value.bytes }
        }
        return ByteString(bytes)
    }

    /// `\` before what separates parameters, and before `more`.
    private static func escape(_ name: ByteString, _ more: StaticString) -> [UInt8] {
        let special = Array(",\\".utf8) + Array("\(more)".utf8)
        return name.bytes.flatMap { special.contains($0) ? [0x5c, $0] : [$0] }
    }

    /// Bytes that mount(2) reads of its option string; the rest it would cut off in silence.
    private static let pageLimit = 4096

    private func mountByString(on target: ByteString) throws(SystemError) {
        let text = Self.string(lower, changes)
        guard text.count >= Self.pageLimit else { return try Self.callMount(text, on: target, attributes) }
        let home = try Self.open(".")
        let layers = try OpenDirectories(lower)
        let own = try OpenDirectories(changes.map { [$0.upper, $0.work] } ?? [])
        // Numbers of open directories are the shortest names there are, looked up where the kernel lists them.
        try check("chdir", "/proc/self/fd") { unsafe chdir("/proc/self/fd") }
        defer { _ = fchdir(home.raw) }
        let numbered = changes.map { _ in Changes(upper: own.names[0], work: own.names[1]) }
        let short = Self.string(layers.names, numbered)
        guard short.count < Self.pageLimit else {
            throw SystemError("mount", target, errno: Errno(rawValue: E2BIG))
        }
        try Self.callMount(short, on: target, attributes)
    }

    private static func callMount(
        _ options: ByteString, on target: ByteString, _ attributes: MountAttributes
    ) throws(SystemError) {
        let flags =
            (attributes.contains(.noDevices) ? CUnsignedLong(MS_NODEV) : 0)
            | (attributes.contains(.readOnly) ? CUnsignedLong(MS_RDONLY) : 0)
        _ = try unsafe options.withCString(for: "mount") { (data) throws(SystemError) in
            try unsafe target.withCString(for: "mount") { (path) throws(SystemError) in
                try check("mount", target) { unsafe Glibc.mount("overlay", path, "overlay", flags, data) }
            }
        }
    }

    static func open(_ directory: ByteString) throws(SystemError) -> OwnedDescriptor {
        let opened = try unsafe directory.withCString(for: "open") { (path) throws(SystemError) in
            try check("open", directory) {
                unsafe stk_openat(AT_FDCWD, path, stk_o_path | O_DIRECTORY | O_CLOEXEC, 0)
            }
        }
        return OwnedDescriptor(adopting: opened)
    }
}
