import Glibc
public import SystemPackage

extension Host {
    /// The root file system of a small Debian, which scripts/make-debian-base makes.
    public static let debianBase = Checkout.path.appending(".build/debian-base.tar")

    static let hasDebianBase = access(debianBase.string, R_OK) == 0
}
