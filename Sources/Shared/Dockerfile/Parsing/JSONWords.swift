import Diagnostics
import OCI

/// The exec form of an instruction: a JSON array of strings.
enum JSONWords {
    /// - Returns: `nil` for what is none, which then is the shell form.
    static func parse(_ bytes: [UInt8]) -> [ByteString]? {
        guard bytes.first == 0x5b, case .array(let elements) = try? StrictJSON.parse(bytes, limits: Limits()) else {
            return nil
        }
        var words: [ByteString] = []
        for element in elements {
            guard let text = element.text else { return nil }
            words.append(ByteString(text))
        }
        return words
    }
}
