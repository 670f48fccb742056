import Glibc
public import SystemPackage

/// Programs of the distribution that stacker runs: newuidmap, newgidmap, getsubids.
///
/// They are looked for in a fixed list of directories, never through `PATH` or any other variable, so that nobody's
/// environment decides what is run.
public enum SystemPrograms {
    /// In the order of the search; the first is where NixOS keeps programs with privileges.
    public static let directories: [FilePath] = [
        "/run/wrappers/bin", "/usr/bin", "/usr/local/bin", "/usr/sbin", "/bin", "/sbin",
    ]

    /// Where the program is, or `nil` when no directory has an executable file of that name.
    public static func find(_ name: FilePath.Component) -> FilePath? {
        directories.map { $0.appending(name) }.first { path in
            unsafe path.withPlatformString { unsafe access($0, X_OK) } == 0
        }
    }
}
