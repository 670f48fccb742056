/// Words of a file as a message may quote them.
public enum Shown {
    /// Escaped for a terminal; a long one ends in `…`.
    public static func text(_ bytes: ByteString) -> String {
        let most = 60
        let text = ByteString(bytes.bytes.prefix(4 * most)).description
        guard bytes.count > 4 * most || text.unicodeScalars.count > most else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(most))) + "…"
    }
}
