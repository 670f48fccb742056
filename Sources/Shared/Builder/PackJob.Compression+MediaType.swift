import HelperProtocol
import OCI

extension PackJob.Compression {
    /// What a layer that is stored this way is called.
    ///
    /// Source: OCI image-spec v1.1, layer.md, "+gzip Media Types" and "+zstd Media Types".
    var layerMediaType: String {
        switch self {
        case .none: MediaType.layerTar
        case .gzip, .gzipSmall: MediaType.layerTarGzip
        case .zstd: MediaType.layerTarZstd
        }
    }
}
