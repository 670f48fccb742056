import Diagnostics

/// Names with `*`, `?` and `[…]`.
///
/// Source: Go's filepath.Match, which Docker uses.
enum Wildcard {
    static func isIn(_ text: ByteString) -> Bool {
        text.bytes.contains { $0 == 0x2a || $0 == 0x3f || $0 == 0x5b }
    }

    /// In time proportional to the product of the two lengths.
    static func matches(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (at, index) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while index < name.count {
            if at < pattern.count, pattern[at] == 0x2a {
                star = (at + 1, index)
                at += 1
            } else if let end = element(pattern, at, matches: name[index]) {
                at = end
                index += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                (at, index) = (last.pattern, last.name + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == 0x2a }
    }

    /// Where the pattern goes on behind one element that takes this byte.
    private static func element(_ pattern: [UInt8], _ at: Int, matches byte: UInt8) -> Int? {
        guard at < pattern.count else { return nil }
        switch pattern[at] {
        case 0x3f: return at + 1
        case 0x5b: return set(pattern, at + 1, matches: byte)
        case ASCII.backslash where at + 1 < pattern.count: return pattern[at + 1] == byte ? at + 2 : nil
        default: return pattern[at] == byte ? at + 1 : nil
        }
    }

    private static func set(_ pattern: [UInt8], _ start: Int, matches byte: UInt8) -> Int? {
        var at = start
        var isNegated = false
        if at < pattern.count, pattern[at] == 0x5e {
            isNegated = true
            at += 1
        }
        var isFound = false
        var isFirst = true
        while at < pattern.count, pattern[at] != 0x5d || isFirst {
            isFirst = false
            if pattern[at] == ASCII.backslash, at + 1 < pattern.count { at += 1 }
            let low = pattern[at]
            var high = low
            if at + 2 < pattern.count, pattern[at + 1] == 0x2d, pattern[at + 2] != 0x5d {
                high = pattern[at + 2]
                at += 2
            }
            if low <= byte, byte <= high { isFound = true }
            at += 1
        }
        guard at < pattern.count else { return nil }
        return isFound != isNegated ? at + 1 : nil
    }
}

extension Wildcard {
    /// The paths of a tree that a pattern stands for, in bytewise order; `nil` where there are more than can be listed.
    static func paths(_ components: [ByteString], in tree: some SourceTree, limit: Int = 10_000) -> [ByteString]? {
        var found: [[ByteString]] = [[]]
        for component in components {
            var next: [[ByteString]] = []
            for path in found {
                let names = isIn(component) ? tree.names(in: PathText.joined(path)) : [component]
                for name in names {
                    if isIn(component), !matches(component.bytes, name.bytes) { continue }
                    let whole = path + [name]
                    guard tree.kind(of: PathText.joined(whole)) != nil else { continue }
                    next.append(whole)
                    if next.count > limit { return nil }
                }
            }
            found = next
        }
        return found.map { PathText.joined($0) }.sorted()
    }
}
