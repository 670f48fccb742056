import CShims
import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// A directory in memory with `upper`, one layer as it is on disk, and `lower`, what lies below it; all read-only.
struct LayerView: Hashable, Sendable {
    var upper: ByteString
    /// Lowest first.
    var below: [ByteString]

    /// Makes it the working directory, from which the names are looked up before.
    func enter() throws(SystemError) {
        let view = try DetachedMount.make("tmpfs", [DetachedMount.Option("mode", "755")], [.noSetID, .noDevices])
        let raw = view.descriptor.raw
        for name in ["upper", "lower"] { try check("mkdirat", ByteString(name)) { unsafe mkdirat(raw, name, 0o755) } }
        // It covers the working directory, but only for those who come by its path: our own relative names still lead
        // to what is below it.
        try view.attach(to: try OverlayMount.open("."))
        try Self.bind(upper, to: try Self.open("upper", in: view))
        let lower = try Self.open("lower", in: view)
        switch below.count {
        // An empty directory is what no layer amounts to.
        case 0: break
        // An overlay without an upper directory needs two.
        case 1: try Self.bind(below[0], to: lower)
        default:
            try OverlayMount(lower: below.reversed(), changes: nil, attributes: [.readOnly, .noDevices]).mount(
                on: lower)
        }
        try view.add(.readOnly, .alone)
        try check("fchdir") { fchdir(raw) }
    }

    private static func bind(_ layer: ByteString, to place: borrowing OwnedDescriptor) throws(SystemError) {
        let mount = try DetachedMount.copy(of: layer, .alone)
        try mount.add([.readOnly, .noSetID], .alone)
        try mount.attach(to: place)
    }

    private static func open(_ name: ByteString, in view: borrowing DetachedMount) throws(SystemError)
        -> OwnedDescriptor
    {
        try OwnedDescriptor.open(name, in: view.descriptor, stk_o_path | O_DIRECTORY, resolving: .noSymbolicLinks)
    }
}
