import Diagnostics

extension ByteString {
    /// For messages: escaped, and cut where an archive made it longer than a person would read.
    var abbreviated: String {
        let most = 256
        guard count > most else { return isEmpty ? "\"\"" : description }
        return "\(ByteString(bytes.prefix(most)))… (\(count) bytes)"
    }
}
