/// `${{NAME}}` or `${{NAME:default}}` in a text.
struct Placeholder: Hashable {
    /// From its `$` to behind its last `}`.
    let range: Range<Int>

    /// What is between `${{` and `}}`.
    var content: Range<Int> { (range.lowerBound + Self.opening.count)..<(range.upperBound - 2) }

    static let opening = Array("${{".utf8)

    /// All that are complete, in the order of their first bytes; one may lie inside another.
    ///
    /// A name or default holds no `}`, but that of a whole placeholder inside it, so a `}` alone ends what is open
    /// without making it a placeholder.
    ///
    /// - Returns: Also where those begin that are not complete.
    static func all(in bytes: [UInt8]) -> (complete: [Placeholder], open: [Int]) {
        var complete: [Placeholder] = []
        var open: [Int] = []
        var broken: [Int] = []
        var offset = 0
        while offset < bytes.count {
            let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0
            switch (bytes[offset], next) {
            case (0x24, 0x7b) where offset + 2 < bytes.count && bytes[offset + 2] == 0x7b:
                open.append(offset)
                offset += 3
            case (0x7d, 0x7d) where !open.isEmpty:
                complete.append(Placeholder(range: open.removeLast()..<(offset + 2)))
                offset += 2
            case (0x7d, _):
                broken += open
                open.removeAll(keepingCapacity: true)
                offset += 1
            default: offset += 1
            }
        }
        complete.sort { $0.range.lowerBound < $1.range.lowerBound }
        return (complete, broken + open)
    }

    /// Whether it is for the pair of this name.
    func isNamed(_ name: [UInt8], in bytes: [UInt8]) -> Bool {
        let content = content
        guard name.count <= content.count, bytes[content.lowerBound] == name.first else { return false }
        let end = content.lowerBound + name.count
        guard end == content.upperBound || bytes[end] == 0x3a else { return false }
        return bytes[content.lowerBound..<end].elementsEqual(name)
    }
}
