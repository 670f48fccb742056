public import Diagnostics

/// A pattern of what is left out of an imported directory, in the language of gitignore(5), over bytes.
public struct ExclusionPattern: Hashable, Sendable {
    /// Names below the directory; one of `nil` stands for any number of them, none included.
    private let names: [[Element]?]
    /// Whether what matches is taken after all.
    public let isNegated: Bool
    /// Whether only directories match.
    private let isForDirectories: Bool

    private enum Element: Hashable, Sendable {
        case byte(UInt8)
        case any
        /// Any number of bytes.
        case star
        case set([ClosedRange<UInt8>], isNegated: Bool)
    }

    /// Why a text is no pattern.
    public enum Invalid: Error, Hashable, Sendable {
        case empty, openBracket, backslashAtEnd, dots, tooLong, lineBreak

        /// What is wrong, as a sentence that begins with what it is about.
        public var message: String {
            switch self {
            case .empty: "the pattern has no name in it"
            case .openBracket: "a '[' is not closed in the pattern"
            case .backslashAtEnd: "the pattern ends in a backslash"
            case .dots: "'.' and '..' match nothing in a pattern"
            case .tooLong: "the pattern is longer than \(ExclusionPattern.mostBytes) bytes"
            case .lineBreak: "the pattern holds a line break or a NUL"
            }
        }
    }

    static let mostBytes = 4_096

    /// Reads one pattern; blanks at its end do not count, but for one behind a backslash.
    public init(_ text: ByteString) throws(Invalid) {
        guard text.count <= Self.mostBytes else { throw .tooLong }
        guard !text.bytes.contains(where: { $0 == 0 || $0 == 0x0a || $0 == 0x0d }) else { throw .lineBreak }
        var bytes = text.bytes[...]
        while bytes.last == 0x20, bytes.dropLast().last != 0x5c { bytes = bytes.dropLast() }
        isNegated = bytes.first == 0x21
        if isNegated { bytes = bytes.dropFirst() }
        isForDirectories = bytes.last == 0x2f
        if isForDirectories { bytes = bytes.dropLast() }
        let isAnchored = bytes.contains(0x2f)
        if bytes.first == 0x2f { bytes = bytes.dropFirst() }
        let parts = bytes.split(separator: 0x2f, omittingEmptySubsequences: false).map { Array($0) }
        guard !parts.contains([]) else { throw .empty }
        guard !parts.contains([0x2e]), !parts.contains([0x2e, 0x2e]) else { throw .dots }
        var names: [[Element]?] = isAnchored ? [] : [nil]
        for part in parts {
            if part == [0x2a, 0x2a] {
                if names.isEmpty || names.last != .some(nil) { names.append(nil) }
            } else {
                names.append(try Self.elements(part))
            }
        }
        // What is inside of a directory, and not the directory.
        if names.last == .some(nil) { names.append([.star]) }
        self.names = names
    }

    private static func elements(_ part: [UInt8]) throws(Invalid) -> [Element] {
        var elements: [Element] = []
        var rest = part[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"): if elements.last != .star { elements.append(.star) }
            case UInt8(ascii: "?"): elements.append(.any)
            case UInt8(ascii: "["): elements.append(try set(&rest))
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { throw .backslashAtEnd }
                elements.append(.byte(escaped))
            default: elements.append(.byte(byte))
            }
        }
        return elements
    }

    /// What is in brackets; a `]` that is first stands for itself.
    private static func set(_ rest: inout ArraySlice<UInt8>) throws(Invalid) -> Element {
        let isNegated = rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^")
        if isNegated { rest = rest.dropFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        while var low = rest.popFirst() {
            if low == UInt8(ascii: "]"), !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
            if low == UInt8(ascii: "\\") {
                guard let escaped = rest.popFirst() else { throw .openBracket }
                low = escaped
            }
            var high = low
            if rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") {
                rest = rest.dropFirst(2)
                high = end
                if high == UInt8(ascii: "\\") {
                    guard let escaped = rest.popFirst() else { throw .openBracket }
                    high = escaped
                }
            }
            ranges.append(min(low, high)...max(low, high))
        }
        throw .openBracket
    }

    /// Whether a path below the directory matches, given as its names.
    func matches(_ path: [ArraySlice<UInt8>], isDirectory: Bool) -> Bool {
        guard isDirectory || !isForDirectories else { return false }
        return Self.matches(path, names, isStar: { $0 == nil }, isOne: { name, part in Self.matches(name, part ?? []) })
    }

    private static func matches(_ name: ArraySlice<UInt8>, _ elements: [Element]) -> Bool {
        matches(name, elements, isStar: { $0 == .star }) { byte, element in
            switch element {
            case .byte(let wanted): byte == wanted
            case .any: true
            case .star: false
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(byte) } != isNegated
            }
        }
    }

    /// Matches in time that is the product of both lengths at most.
    ///
    /// Only the last star has to be tried again with more: what an earlier one takes less, the last can take more.
    private static func matches<Items: RandomAccessCollection, Wanted>(
        _ items: Items, _ pattern: [Wanted], isStar: (Wanted) -> Bool, isOne: (Items.Element, Wanted) -> Bool
    ) -> Bool {
        let items = Array(items)
        var (item, place) = (0, 0)
        var star: (item: Int, place: Int)?
        while item < items.count {
            if place < pattern.count, isStar(pattern[place]) {
                star = (item, place)
                place += 1
            } else if place < pattern.count, isOne(items[item], pattern[place]) {
                item += 1
                place += 1
            } else if let last = star {
                star = (last.item + 1, last.place)
                (item, place) = (last.item + 1, last.place + 1)
            } else {
                return false
            }
        }
        return pattern[place...].allSatisfy(isStar)
    }
}
