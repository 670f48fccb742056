import Glibc
public import SystemPackage

/// The files of the project that tests read: examples, man pages, documentation, scripts.
public enum Checkout {
    /// The top of the source tree.
    ///
    /// `STACKER_CHECKOUT` where the tests run from a copy, because their user may not read the place they were built in.
    public static let path: FilePath =
        getenv("STACKER_CHECKOUT").map { FilePath(platformString: $0) }
        ?? FilePath(#filePath).removingLastComponent().removingLastComponent().removingLastComponent()
}
