import LinuxSystem
public import SystemPackage

/// Where a build keeps its things; all absolute.
public struct Directories: Sendable, Hashable {
    /// Blobs, imports, locks: `.stacker`.
    public var stacker: FilePath
    /// The OCI layout that is the result: `oci`.
    public var oci: FilePath
    /// Root file systems: `roots`.
    public var roots: FilePath

    /// Which directories of the file system they are, as far as they are there.
    var identities: Set<FileStatus.Identity> {
        Set([stacker, oci, roots].compactMap { path in try? OwnedDescriptor.open(directory: path).status().identity })
    }

    public init(stacker: FilePath, oci: FilePath, roots: FilePath) {
        self.stacker = stacker
        self.oci = oci
        self.roots = roots
    }
}
