/// One instruction of a Dockerfile, its variables not yet replaced.
struct Instruction: Sendable {
    /// In capitals.
    let keyword: String
    /// Where it begins in the file.
    let offset: Int
    let flags: [Flag]
    /// What follows keyword and flags, without white space around it.
    let text: LogicalText
    let heredocs: [Heredoc]

    /// `--name` or `--name=value`.
    struct Flag: Sendable {
        let name: String
        let value: LogicalText?
        let offset: Int
    }

    /// Lines that follow the instruction and belong to it.
    struct Heredoc: Sendable {
        let name: String
        /// Whether variables in it are replaced, because its name has no quotes.
        let expands: Bool
        /// With a line break at the end of each line; leading tabs taken away where `<<-` says so.
        let body: [UInt8]
        /// Where the body begins in the file.
        let offset: Int
        /// The lines as they are in the file, with that of the terminator.
        let raw: [UInt8]
        /// Where the word with `<<` is in the text of the instruction.
        let word: Range<Int>
    }
}
