public import Diagnostics

/// The entries of /etc/subuid or /etc/subgid.
///
/// Source: subuid(5). A line that shadow's own parser skips is skipped here as well, so that nothing is promised that
/// newuidmap then refuses: a comment, an empty line, too few fields, a number with a carriage return behind it. Of what
/// shadow takes, this takes plain decimal numbers in exactly three fields; the rest only counts as ``claimed``.
public struct SubordinateTable: Hashable, Sendable {
    public let entries: [Entry]
    /// Lines that are neither an entry, nor empty, nor a comment; the first line is 1.
    public let malformedLines: [Int]
    /// All ranges that somebody may have meant, those of malformed lines included: not free to be given away.
    public let claimed: [SubordinateRange]

    public struct Entry: Hashable, Sendable {
        /// A login name, or a uid in decimal (in /etc/subgid as well).
        public let owner: ByteString
        public let range: SubordinateRange

        public init(owner: ByteString, range: SubordinateRange) {
            self.owner = owner
            self.range = range
        }
    }

    /// Reads the whole file; no bytes, no entries.
    public init(parsing bytes: [UInt8]) {
        var entries: [Entry] = []
        var malformed: [Int] = []
        var claimed: [SubordinateRange] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            switch Self.entry(line) {
            case .entry(let entry):
                entries.append(entry)
                claimed.append(entry.range)
            case .nothing: break
            case .malformed:
                malformed.append(index + 1)
                if let range = Self.claim(line) { claimed.append(range) }
            }
        }
        self.entries = entries
        malformedLines = malformed
        self.claimed = claimed
    }

    /// What one account may use: the entries for its name and for its uid, in the order of the file.
    public func ranges(forUser name: ByteString?, uid: UInt32) -> [SubordinateRange] {
        let number = ByteString(String(uid))
        return entries.filter { $0.owner == name || $0.owner == number }.map(\.range)
    }

    private enum Line {
        case entry(Entry)
        /// An entry without ids, or something that is none: a comment, a line for NIS.
        case nothing
        case malformed
    }

    /// shadow reads a line into a buffer of this size and skips one that is longer.
    private static let lineLimit = 1_024

    private static func entry(_ line: ArraySlice<UInt8>) -> Line {
        if [UInt8(ascii: "#"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains(line.first) { return .nothing }
        let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard line.count < lineLimit, !line.contains(0), fields.count == 3, !fields[0].isEmpty,
            let start = UInt32(decimal: fields[1]), let count = UInt32(decimal: fields[2])
        else { return .malformed }
        // Old versions of useradd wrote entries of zero ids; they say nothing.
        guard count > 0 else { return .nothing }
        guard let range = SubordinateRange(start: start, count: count) else { return .malformed }
        return .entry(Entry(owner: ByteString(fields[0]), range: range))
    }

    /// The range of a malformed line, read as generously as anyone could.
    ///
    /// shadow up to 4.13 takes what strtoul(3) takes in base 0: octal after `0`, hexadecimal after `0x`, a sign and
    /// blanks before; and it ignores fields after the third.
    private static func claim(_ line: ArraySlice<UInt8>) -> SubordinateRange? {
        let fields = line.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard fields.count >= 3, let start = generousNumber(fields[1]), let count = generousNumber(fields[2]) else {
            return nil
        }
        return SubordinateRange(start: start, count: min(count, UInt32.max - start))
    }

    private static func generousNumber(_ field: ArraySlice<UInt8>) -> UInt32? {
        let blanks = Array(" \t\r\u{b}\u{c}".utf8)
        var text = field.drop { blanks.contains($0) }
        while let last = text.last, blanks.contains(last) { text.removeLast() }
        if text.first == UInt8(ascii: "+") { text.removeFirst() }
        var digits = String(decoding: text, as: UTF8.self).lowercased()
        var radix = 10
        if digits.hasPrefix("0x") {
            digits.removeFirst(2)
            radix = 16
        } else if digits.hasPrefix("0") {
            radix = 8
        }
        return digits.utf8.first == UInt8(ascii: "-") ? nil : UInt32(digits, radix: radix)
    }
}
