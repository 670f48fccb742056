/// A JSON value as OCI documents use them: every number is a whole one.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// The members, or nil where this is no object.
    public var members: [String: JSONValue]? {
        guard case .object(let members) = self else { return nil }
        return members
    }

    /// The text, or nil where this is no string.
    public var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }
}

extension JSONValue {
    static func strings(_ values: some Sequence<String>) -> JSONValue { .array(values.map(JSONValue.string)) }

    static func map(_ values: [String: String]) -> JSONValue { .object(values.mapValues(JSONValue.string)) }

    /// An object whose members are only names, as OCI writes sets.
    static func set(_ names: some Sequence<String>) -> JSONValue {
        .object(Dictionary(names.map { ($0, .object([:])) }) { first, _ in first })
    }
}
