public import Diagnostics

/// What an image starts from.
public enum Base: Hashable, Sendable {
    /// An empty root.
    case scratch
    /// An archive; relative paths are relative to the working directory.
    case tar(ByteString)
    /// Another image of this file, by name.
    case built(String)
    /// `PATH:TAG`, split at the first colon; relative to the working directory.
    case oci(String)
    /// An image reference such as `docker://…`; insecure means without TLS verification.
    case docker(String, insecure: Bool)
}
