/// The bytes of a text file, with positions found in bounded time.
///
/// libyaml counts characters; files are bytes. One pass notes every 64th character, so that finding a position costs
/// the same in a file of one huge line as in any other.
public struct SourceText: Hashable, Sendable {
    public let bytes: [UInt8]
    /// 3 after a UTF-8 byte order mark, else 0.
    public let start: Int
    private let checkpoints: [Mark]
    /// The first byte that no YAML file may hold, if there is one.
    public let fault: Fault?

    public struct Fault: Hashable, Sendable {
        public let mark: Mark
        public let message: String
    }

    private static let spacing = 64

    public init(_ bytes: [UInt8]) {
        let start = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        var cursor = Cursor(offset: start)
        var checkpoints: [Mark] = []
        var fault: Fault?
        var count = 0
        while cursor.offset < bytes.count {
            if count % Self.spacing == 0 { checkpoints.append(cursor.mark) }
            count += 1
            let before = cursor.mark
            let scalar = cursor.advance(in: bytes)
            if fault == nil, let message = Self.complaint(about: scalar) {
                fault = Fault(mark: before, message: message)
            }
        }
        checkpoints.append(cursor.mark)
        self.bytes = bytes
        self.start = start
        self.checkpoints = checkpoints
        self.fault = Self.isUTF16(bytes) ? Fault(mark: .start, message: "the file is UTF-16: save it as UTF-8") : fault
    }

    /// The position of a character, counted from 0 after the byte order mark.
    public func mark(atScalar index: Int) -> Mark {
        let slot = min(max(index, 0) / Self.spacing, checkpoints.count - 1)
        var cursor = Cursor(checkpoints[slot])
        var remaining = index - slot * Self.spacing
        while remaining > 0, cursor.offset < bytes.count {
            _ = cursor.advance(in: bytes)
            remaining -= 1
        }
        return cursor.mark
    }

    /// The position of a byte, or of the character it is part of.
    public func mark(atByte offset: Int) -> Mark {
        var (low, high) = (0, checkpoints.count)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if checkpoints[middle].offset <= offset { low = middle } else { high = middle }
        }
        var cursor = Cursor(checkpoints[low])
        var mark = cursor.mark
        while cursor.offset <= offset, cursor.offset < bytes.count {
            mark = cursor.mark
            _ = cursor.advance(in: bytes)
        }
        return cursor.offset <= offset ? cursor.mark : mark
    }

    /// The bytes of the line around a byte offset, without its line break.
    public func line(around offset: Int) -> Range<Int> {
        let middle = min(max(offset, start), bytes.count)
        let isBreak = { (byte: UInt8) in byte == 0x0a || byte == 0x0d }
        let first = bytes[start..<middle].lastIndex(where: isBreak).map { $0 + 1 } ?? start
        let end = bytes[middle...].firstIndex(where: isBreak) ?? bytes.count
        return first..<end
    }

    private static func isUTF16(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
    }

    /// What is wrong with a character that YAML 1.1 does not call printable (section 5.1).
    private static func complaint(about scalar: Unicode.Scalar?) -> String? {
        guard let scalar else { return "this byte is not UTF-8" }
        switch scalar.value {
        case 0x09, 0x0a, 0x0d, 0x20..<0x7f, 0x85, 0xa0..<0xfeff, 0xff00..<0xfffe, 0x1_0000...0x10_ffff: return nil
        case 0xfeff: return "a byte order mark is allowed at the start of the file only"
        default: return "the control character \(ByteString(String(scalar))) is not allowed"
        }
    }
}

extension SourceText {
    /// Walks over characters and counts lines and columns.
    struct Cursor {
        private(set) var offset: Int
        private var line = 1
        private var column = 1

        init(offset: Int) { self.offset = offset }

        init(_ mark: Mark) {
            offset = mark.offset
            line = mark.line
            column = mark.column
        }

        var mark: Mark { Mark(line: line, column: column, offset: offset) }

        /// Steps over one character, or one byte that is none.
        ///
        /// - Returns: `nil` for a byte that is not part of UTF-8.
        mutating func advance(in bytes: [UInt8]) -> Unicode.Scalar? {
            let (scalar, length) = UTF8Text.scalar(at: offset, in: bytes)
            offset += length
            // The CR of CR LF is the last column of its line; the line changes after its LF.
            let isBreak = scalar == "\n" || (scalar == "\r" && !(offset < bytes.count && bytes[offset] == 0x0a))
            if isBreak {
                line += 1
                column = 1
            } else {
                column += 1
            }
            return scalar
        }
    }
}
