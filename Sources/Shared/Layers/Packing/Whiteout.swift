/// The names by which an archive says that something below is gone.
///
/// Source: OCI image-spec v1.1, layer.md, "Whiteouts" and "Opaque Whiteout".
enum Whiteout {
    static let prefix = Array(".wh.".utf8)
    static let opaque = Array(".wh..wh..opq".utf8)
}
