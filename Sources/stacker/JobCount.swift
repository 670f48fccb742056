import Diagnostics

/// Reads the value of `--jobs`.
enum JobCount {
    /// Each job needs some descriptors and threads, of which no process has any number.
    static let range = 1...256

    static func parse(_ text: String) throws(Failure) -> Int {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let count = Int(text),
            range.contains(count)
        else {
            throw Failure(
                "bad number of jobs \(ByteString(text))",
                hint: "set --jobs to a number from \(range.lowerBound) to \(range.upperBound)", class: .usage)
        }
        return count
    }
}
