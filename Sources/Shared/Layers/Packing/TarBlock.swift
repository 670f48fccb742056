/// One header block in the making; ``TarFormat`` says where its fields lie.
struct TarBlock {
    private(set) var content = [UInt8](repeating: 0, count: TarFormat.blockSize)

    init(typeFlag: UInt8) {
        content[TarFormat.type] = typeFlag
        set(TarFormat.magic, TarFormat.ustarMagic)
    }

    /// Sets a text field; what does not fit is cut off.
    mutating func set(_ field: Range<Int>, _ text: some Collection<UInt8>) {
        for (index, byte) in zip(field, text) { content[index] = byte }
    }

    /// The largest number that a field takes: octal digits and a NUL.
    static func maximum(_ field: Range<Int>) -> UInt64 { (1 << (3 * UInt64(field.count - 1))) - 1 }

    /// Sets a number as octal digits with leading zeros.
    ///
    /// - Returns: `false`, with the field left at zero, when the number does not fit.
    mutating func set(_ field: Range<Int>, number: UInt64) -> Bool {
        let fits = number <= Self.maximum(field)
        var rest = fits ? number : 0
        for index in field.dropLast().reversed() {
            content[index] = UInt8(ascii: "0") + UInt8(rest & 7)
            rest >>= 3
        }
        content[field.upperBound - 1] = 0
        return fits
    }

    /// Sets the checksum, which covers all else with its own field read as blanks: six digits, NUL, blank.
    mutating func seal() {
        let blank = UInt8(ascii: " ")
        for index in TarFormat.checksum { content[index] = blank }
        var sum: UInt64 = 0
        for byte in content { sum += UInt64(byte) }
        _ = set(TarFormat.checksum.dropLast(), number: sum)
    }
}
