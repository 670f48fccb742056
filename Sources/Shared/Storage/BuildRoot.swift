public import Diagnostics
public import HelperProtocol

/// The directories of one image while it is built, `roots/<name>`.
public struct BuildRoot: Hashable, Sendable {
    /// The image's name.
    public let name: String

    /// What a root consists of: the changes, overlayfs's work directory, the mount point.
    static let parts: [ByteString] = [changes, "olwork", "rootfs"]

    /// The directory that the build step's changes are in.
    static let changes: ByteString = "overlay"

    var directory: ByteString { ByteString(name) }

    /// Relative to the roots directory.
    var upper: ByteString { ByteString("\(name)/overlay") }

    /// One command on this root, above finished layers, lowest first.
    public func step(
        above layers: [FinishedLayer], binds: [Step.Bind], arguments: [ByteString], environment: [ByteString]
    ) -> Step {
        Step(
            layers: FinishedLayer.stack(layers), upper: upper, work: ByteString("\(name)/olwork"),
            root: ByteString("\(name)/rootfs"), binds: binds, arguments: arguments, environment: environment)
    }
}
