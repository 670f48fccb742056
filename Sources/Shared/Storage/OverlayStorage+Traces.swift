import Diagnostics
import Glibc
import LinuxSystem

/// Layers by name alone, and finding those again that have no digest.
extension OverlayStorage {
    /// The layer with this digest (`sha256:…`), whether it is there or not.
    public func layer(_ digest: String) -> FinishedLayer { FinishedLayer(digest: digest) }

    /// What a sealed layer is found by later; `nil` where it is not there, or not since the last start of the machine.
    public func trace(of layer: FinishedLayer) throws -> LayerTrace? {
        guard let name = layer.directory.utf8Text, try isComplete(layer) else { return nil }
        let marker = try directory.openDirectory(layer.directory).status(of: FinishedLayer.marker)
        // The file is made when the layer is sealed, and nobody can set this time.
        let identity = "\(marker.inode) \(marker.changed.seconds) \(marker.changed.nanoseconds)"
        return LayerTrace(name: name, identity: identity)
    }

    /// The layer of a trace; `nil` where it is gone, or something else has its name.
    public func layer(_ trace: LayerTrace) throws -> FinishedLayer? {
        guard !trace.name.utf8.contains(UInt8(ascii: "/")), ![".", ".."].contains(trace.name) else { return nil }
        let layer = FinishedLayer(directory: ByteString(trace.name))
        return try self.trace(of: layer) == trace ? layer : nil
    }
}
