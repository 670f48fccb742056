/// Names of formats.
///
/// Source: OCI image-spec v1.1, media-types.md.
public enum MediaType {
    public static let manifest = "application/vnd.oci.image.manifest.v1+json"
    public static let index = "application/vnd.oci.image.index.v1+json"
    public static let configuration = "application/vnd.oci.image.config.v1+json"
    public static let layerTar = "application/vnd.oci.image.layer.v1.tar"
    public static let layerTarGzip = "application/vnd.oci.image.layer.v1.tar+gzip"
    public static let layerTarZstd = "application/vnd.oci.image.layer.v1.tar+zstd"
}

/// Names of annotations that stacker itself reads or writes.
///
/// Source: OCI image-spec v1.1, annotations.md.
public enum AnnotationName {
    /// What an entry of index.json is called: the tag.
    public static let reference = "org.opencontainers.image.ref.name"
    /// Bytes of the layer without compression; umoci writes and reads it.
    public static let uncompressedSize = "ci.umo.uncompressed_blob_size"
}
