/// Text as one word of a shell command.
struct ShellWord: CustomStringConvertible {
    let description: String

    /// As it is where that is safe, else in single quotes.
    init(_ text: String) {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                    UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "+"):
                    true
                default: false
                }
            }
        description =
            isPlain
            ? text
            : "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }
}
