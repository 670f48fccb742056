import LinuxSystem

/// The user namespace of one build, kept alive by a descriptor alone: no process stays behind.
///
/// When the last descriptor is closed, also by `kill -9`, the kernel takes the namespace away.
public final class BuildNamespace: Sendable {
    /// `nil` for real root, who needs none.
    private let descriptor: OwnedDescriptor?

    /// The descriptor's number, valid while this value lives.
    var number: CInt? {
        switch descriptor {
        case .some(let descriptor): descriptor.raw
        case .none: nil
        }
    }

    init(_ descriptor: consuming OwnedDescriptor?) { self.descriptor = descriptor }

    /// Where real root works: no user namespace at all.
    public static func ofRoot() -> BuildNamespace { BuildNamespace(nil) }
}
