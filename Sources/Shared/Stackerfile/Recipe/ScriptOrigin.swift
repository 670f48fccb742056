public import Diagnostics

/// Where the lines of a script are written, which is worked out when somebody asks.
public struct ScriptOrigin: Hashable, Sendable {
    /// As the user named it.
    let file: String
    let text: ExpandedText
    /// Where the value of the key begins.
    let mark: Mark
    /// The pieces of the script, which are lines, or several of them.
    let items: [Item]

    struct Item: Hashable, Sendable {
        var text: ByteString
        /// Where it begins in the text that was parsed, in bytes.
        var offset: Int
    }

    /// Where each line of the script is written, of the pieces joined by line breaks.
    ///
    /// - Returns: `nil` where that cannot be told.
    public func lines() -> [Mark]? {
        var lines: [Mark] = []
        for item in items {
            guard let offsets = ScalarLines.offsets(of: item.text.bytes, at: item.offset, in: text.text.bytes) else {
                return nil
            }
            lines += offsets.map { text.mark(ofTextOffset: $0) }
        }
        return lines
    }

    /// The message of a script that failed, as an error of the file.
    ///
    /// Without a `mark` it is of the script as a whole; `note` is a second line that explains the first.
    public func report(
        _ message: String, at mark: Mark? = nil, note: (message: String, mark: Mark)? = nil
    ) -> StackerfileErrors {
        let excerpt = { Excerpt(of: text.original, at: $0) }
        let place = mark ?? self.mark
        return StackerfileErrors([
            Diagnostic(
                severity: .error, file: file, mark: place, message: message,
                note: note.map { .init(file: file, mark: $0.mark, message: $0.message, excerpt: excerpt($0.mark)) },
                errorClass: .failure, excerpt: excerpt(place))
        ])
    }
}
