/// The lines of a here-document, as text whose variables are replaced and whose quotes stay.
enum HeredocBody {
    /// With quotes escaped, because a word would lose them.
    static func escaped(_ body: [UInt8], _ escape: UInt8) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < body.count {
            let byte = body[index]
            if byte == ASCII.quote || byte == ASCII.doubleQuote {
                result += [escape, byte]
            } else if byte == escape {
                // It keeps its meaning before a dollar sign alone.
                let next = index + 1 < body.count ? body[index + 1] : 0
                if next == ASCII.dollar || next == escape {
                    result += [escape, next]
                    index += 1
                } else {
                    result += [escape, escape]
                }
            } else {
                result.append(byte)
            }
            index += 1
        }
        return result
    }

    /// A word that no line of the text is.
    static func unusedEnd(_ name: String, in body: [UInt8]) -> String {
        let lines = Set(body.split(separator: ASCII.newline).map { Array($0) })
        var end = name
        while lines.contains(Array(end.utf8)) { end += "_" }
        return end
    }
}
