import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// A directory in memory with `source`, read-only, and `target`, to which is copied.
struct CopyView: Hashable, Sendable {
    /// Lowest first.
    var source: [ByteString]
    var target: JailedProgram.Target

    /// Makes it the working directory, from which the names are looked up before.
    func enter() throws(SystemError) {
        let view = try DetachedMount.make("tmpfs", [DetachedMount.Option("mode", "755")], [.noSetID, .noDevices])
        let raw = view.descriptor.raw
        for name in ["source", "target", "empty"] {
            try check("mkdirat", ByteString(name)) { unsafe mkdirat(raw, name, 0o755) }
        }
        // BEFORE the view covers the working directory, because an absolute path may lead through it.
        let place = try openTarget()
        // It covers the working directory, but only for those who come by its path: our own relative names still lead
        // to what is below it.
        try view.attach(to: try OverlayMount.open("."))
        let empty = try Self.open("empty", in: view)
        // A lower directory more: an overlay without an upper directory needs two, and one with it needs one.
        let spare = ByteString("/proc/self/fd/\(empty.raw)")
        try mountSource(on: try Self.open("source", in: view), spare: spare)
        let targetPoint = try Self.open("target", in: view)
        switch place {
        case .some(let directory): try Self.bind(directory, to: targetPoint, [.noSetID, .noDevices])
        case nil: try mountTarget(on: targetPoint, spare: spare)
        }
        try view.add(.readOnly, .alone)
        try check("fchdir") { fchdir(raw) }
    }

    private func openTarget() throws(SystemError) -> OwnedDescriptor? {
        guard case .directory(let path) = target else { return nil }
        return try OverlayMount.open(path)
    }

    private static func bind(
        _ directory: borrowing OwnedDescriptor, to place: borrowing OwnedDescriptor, _ attributes: MountAttributes
    ) throws(SystemError) {
        let mount = try DetachedMount.copy(of: directory, .alone)
        try mount.add(attributes, .alone)
        try mount.attach(to: place)
    }

    /// The overlay to copy from; the empty directory is what no layer amounts to.
    private func mountSource(on place: borrowing OwnedDescriptor, spare: ByteString) throws(SystemError) {
        guard !source.isEmpty else { return }
        try OverlayMount(
            lower: source.reversed() + [spare], changes: nil, attributes: [.readOnly, .noSetID, .noDevices]
        ).mount(on: place)
    }

    /// The overlay to copy to.
    private func mountTarget(on place: borrowing OwnedDescriptor, spare: ByteString) throws(SystemError) {
        guard case .layer(let upper, let work, let below) = target else { return }
        try OverlayMount(
            lower: below.isEmpty ? [spare] : below.reversed(),
            changes: OverlayMount.Changes(upper: upper, work: work), attributes: [.noSetID, .noDevices]
        ).mount(on: place)
    }

    private static func open(_ name: ByteString, in view: borrowing DetachedMount) throws(SystemError)
        -> OwnedDescriptor
    {
        try OwnedDescriptor.open(name, in: view.descriptor, stk_o_path | O_DIRECTORY, resolving: .noSymbolicLinks)
    }
}
