import Diagnostics

/// A scalar as written, and what the dialect takes it for.
struct YAMLScalar: Sendable {
    /// The text after quotes, escapes and folding.
    let text: ByteString
    let value: Value

    /// What a plain scalar means; a quoted one is always a string.
    enum Value: Hashable, Sendable {
        case string
        case null
        case boolean(Bool)
        case integer(Int64)
        /// Past the largest `Int64`.
        case unsigned(UInt64)
        case float(Double)

        var kindName: String {
            switch self {
            case .string: "string"
            case .null: "null"
            case .boolean: "bool"
            case .integer, .unsigned: "int"
            case .float: "float"
            }
        }
    }

    /// The text that a field for strings receives: `1.10` gives `1.1`, `yes` gives `true`, `010` gives `8`.
    var normalized: ByteString {
        switch value {
        case .string: text
        case .null: ByteString("")
        case .boolean(let value): ByteString(value ? "true" : "false")
        case .integer(let value): ByteString(String(value))
        case .unsigned(let value): ByteString(String(value))
        case .float(let value): ByteString(FloatText.general(value))
        }
    }
}
