import Diagnostics

/// An extended attribute as an archive or a file has it.
struct ExtendedAttribute: Hashable, Sendable {
    var name: ByteString
    var value: ByteString
}
