import Diagnostics

/// What was left out or changed while unpacking: each kind once, with a count and its first member.
final class Warnings {
    enum Kind: CaseIterable {
        case bytesAfterEnd
        case compressedPadding
        case device
        case devicePlaceholder
        case doubtfulHeader
        case droppedAttribute
        case duplicate
        case ignoredWhiteoutName
        case noEndOfArchive
        case refusedAttribute
        case socket
        case volumeLabel
    }

    private var seen: [Kind: (count: UInt64, first: ByteString?)] = [:]

    func add(_ kind: Kind, _ member: ByteString? = nil) {
        seen[kind, default: (0, member)].count += 1
    }

    /// Texts for people, in a fixed order.
    var texts: [String] {
        Kind.allCases.compactMap { kind in
            guard let (count, first) = seen[kind] else { return nil }
            guard let first else { return kind.text }
            let others = count > 1 ? " and \(count - 1) more" : ""
            return "\(kind.text): \(first.abbreviated)\(others)"
        }
    }
}

extension Warnings.Kind {
    fileprivate var text: String {
        switch self {
        case .bytesAfterEnd: "bytes that follow the end of the archive were ignored"
        case .compressedPadding: "zeros that follow the compressed data were ignored"
        case .device: "device nodes, which only root could make, were left out"
        case .devicePlaceholder: "device nodes cannot be made here and became empty files"
        case .doubtfulHeader: "members whose headers could not be read in full"
        case .droppedAttribute: "extended attributes that images do not carry were left out"
        case .duplicate: "members that the archive has twice; the last one was kept"
        case .ignoredWhiteoutName: "names that are reserved for whiteouts were ignored"
        case .noEndOfArchive: "the archive has no end-of-archive marker"
        case .refusedAttribute: "extended attributes that this file system does not take were left out"
        case .socket: "sockets, which only a running program can make, were left out"
        case .volumeLabel: "volume labels were ignored"
        }
    }
}
