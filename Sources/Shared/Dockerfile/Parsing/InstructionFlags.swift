/// The words with two dashes between the keyword of an instruction and its arguments.
enum InstructionFlags {
    static func split(_ text: LogicalText, escape: UInt8) -> (flags: [Instruction.Flag], rest: LogicalText) {
        var flags: [Instruction.Flag] = []
        var rest = text
        // More flags than there are names for are not looked at: each is a mistake already.
        while flags.count < 32, rest.bytes.starts(with: [0x2d, 0x2d]),
            let range = QuotedWords.first(in: rest.bytes, escape: escape)
        {
            let word = rest[range]
            let end = word.bytes.firstIndex(of: ASCII.equals)
            let name = String(decoding: word.bytes[2..<(end ?? word.bytes.count)], as: UTF8.self)
            rest = rest[range.upperBound..<rest.bytes.count].trimmed
            if name.isEmpty { break }
            let value = end.map { word[($0 + 1)..<word.bytes.count] }
            flags.append(Instruction.Flag(name: name, value: value, offset: word.offset(of: 0)))
        }
        return (flags, rest)
    }
}
