import Diagnostics

/// The name of an archive member, as the way from the root of the tree to it.
struct MemberName: Hashable, Sendable {
    /// Without `.`, without empty ones, never `..`; none for the root itself.
    let components: [ByteString]
    /// Whether the name ended in `/` or `.`, which only a directory's may.
    let namesDirectory: Bool

    var isRoot: Bool { components.isEmpty }

    /// Normalises: a leading `/`, `./` and `//` mean nothing.
    init(_ name: ByteString, limits: Limits) throws(InvalidArchive) {
        guard !name.isEmpty else { throw .rejected("the name is empty") }
        guard !name.containsNUL else { throw .rejected("the name has a NUL inside") }
        guard name.count <= limits.pathBytes else {
            throw .limit("the name is longer than \(limits.pathBytes) bytes")
        }
        var components: [ByteString] = []
        var endsInside = false
        for piece in name.bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            endsInside = !piece.isEmpty && !piece.elementsEqual(".".utf8)
            guard endsInside else { continue }
            guard !piece.elementsEqual("..".utf8) else { throw .rejected("the name goes up with \"..\"") }
            guard piece.count <= Self.maximumComponent else {
                throw .rejected("one part of the name is longer than \(Self.maximumComponent) bytes")
            }
            components.append(ByteString(Array(piece)))
        }
        guard components.count <= limits.pathDepth else {
            throw .limit("the name is deeper than \(limits.pathDepth) directories")
        }
        self.components = components
        namesDirectory = !endsInside
    }

    /// `NAME_MAX`, the same for every Linux file system that images are unpacked on.
    private static let maximumComponent = 255
}
