import CShims
import Diagnostics
import Glibc
import LinuxSystem

/// A mount that no path leads to yet; it vanishes with this value unless it is attached.
struct DetachedMount: ~Copyable {
    /// The root directory (or file) of the mount.
    let descriptor: OwnedDescriptor

    /// One parameter of a file system: a flag where it has no value.
    struct Option: Hashable, Sendable {
        var key: String
        var value: ByteString?

        init(_ key: String, _ value: ByteString? = nil) {
            self.key = key
            self.value = value
        }
    }

    /// A new instance of a file system (fsopen(2), Linux 5.2).
    static func make(
        _ type: String, _ options: [Option] = [], _ attributes: MountAttributes = []
    ) throws(SystemError) -> DetachedMount {
        let opened = try check("fsopen", ByteString(type)) { unsafe stk_fsopen(type) }
        let context = OwnedDescriptor(adopting: opened)
        for option in options { try configure(context, option) }
        try check("fsconfig", ByteString(type)) { stk_fsconfig_create(context.raw) }
        let mount = try check("fsmount", ByteString(type)) {
            stk_fsmount(context.raw, CUnsignedInt(truncatingIfNeeded: attributes.rawValue))
        }
        return DetachedMount(descriptor: OwnedDescriptor(adopting: mount))
    }

    private static func configure(_ context: borrowing OwnedDescriptor, _ option: Option) throws(SystemError) {
        let raw = context.raw
        guard let value = option.value else {
            try check("fsconfig", ByteString(option.key)) { unsafe stk_fsconfig_flag(raw, option.key) }
            return
        }
        _ = try unsafe value.withCString(for: "fsconfig") { (text) throws(SystemError) in
            try check("fsconfig", ByteString("\(option.key)=\(value)")) {
                unsafe stk_fsconfig_string(raw, option.key, text)
            }
        }
    }

    /// How much of what is mounted below comes along.
    enum Depth: Hashable, Sendable {
        case alone
        case withSubmounts
    }

    /// A second mount of what is at a host path; the kernel refuses `alone` where a submount hides something.
    static func copy(of path: ByteString, _ depth: Depth) throws(SystemError) -> DetachedMount {
        let mount = try unsafe path.withCString(for: "open_tree") { (name) throws(SystemError) in
            try check("open_tree", path) { unsafe stk_open_tree_clone(AT_FDCWD, name, depth == .alone ? 0 : 1) }
        }
        return DetachedMount(descriptor: OwnedDescriptor(adopting: mount))
    }

    /// A second mount of an open file or directory, which must be of this process's mount namespace.
    static func copy(of file: borrowing OwnedDescriptor, _ depth: Depth) throws(SystemError) -> DetachedMount {
        let raw = file.raw
        let mount = try check("open_tree") { unsafe stk_open_tree_clone(raw, "", depth == .alone ? 0 : 1) }
        return DetachedMount(descriptor: OwnedDescriptor(adopting: mount))
    }

    /// Adds attributes; those that are set, or locked, stay.
    func add(_ attributes: MountAttributes, _ depth: Depth) throws(SystemError) {
        let raw = descriptor.raw
        try check("mount_setattr") {
            unsafe stk_mount_setattr(raw, "", depth == .alone ? 0 : 1, attributes.rawValue, 0)
        }
    }

    /// The number of its descriptor, which is the caller's now.
    consuming func release() -> CInt { descriptor.release() }

    /// Mounts it on an open file or directory, which no symbolic link can redirect any more.
    func attach(to target: borrowing OwnedDescriptor) throws(SystemError) {
        let (mount, place) = (descriptor.raw, target.raw)
        try check("move_mount") { unsafe stk_move_mount(mount, place, "") }
    }
}
