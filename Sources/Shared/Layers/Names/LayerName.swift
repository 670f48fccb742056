import Diagnostics

/// What the last part of a member's name means in a layer.
///
/// Source: OCI image-spec v1.1, layer.md, "Whiteouts".
enum LayerName: Hashable, Sendable {
    case entry(ByteString)
    /// `.wh.NAME`: the layer removes NAME.
    case whiteout(ByteString)
    /// `.wh..wh..opq`: the layer hides everything that lower layers have in this directory.
    case opaqueDirectory
    /// Other names that begin with `.wh..wh.`: book-keeping of aufs, no file of the image.
    case bookkeeping

    init(component: ByteString) throws(InvalidArchive) {
        guard component.bytes.starts(with: Self.prefix) else {
            self = .entry(component)
            return
        }
        let target = ByteString(Array(component.bytes.dropFirst(Self.prefix.count)))
        // `.wh...` would remove the directory ABOVE the one it is in.
        guard !target.isEmpty, target != ".", target != ".." else {
            throw .rejected("a whiteout of \(target.abbreviated) names no file")
        }
        if target == ".wh..opq" {
            self = .opaqueDirectory
        } else if target.bytes.starts(with: Self.prefix) {
            self = .bookkeeping
        } else {
            self = .whiteout(target)
        }
    }

    /// What the whole name means: below `.wh..wh.NAME` is book-keeping too, below any other whiteout is nothing.
    init(_ name: MemberName) throws(InvalidArchive) {
        for directory in name.components.dropLast() {
            switch try LayerName(component: directory) {
            case .entry: break
            case .bookkeeping:
                self = .bookkeeping
                return
            case .whiteout, .opaqueDirectory: throw .rejected("a whiteout cannot be a directory")
            }
        }
        self = try LayerName(component: name.components.last ?? "")
    }

    private static let prefix = Array(".wh.".utf8)
}
