/// A JSON object on one line, its members in the order in which they were added.
struct JSONLine: CustomStringConvertible {
    private var members: [String] = []

    init() {}

    /// The members that every message has.
    init(severity: String, message: String, errorClass: ErrorClass) {
        add("version", DiagnosticFormat.jsonVersion)
        add("severity", severity)
        add("class", "\(errorClass)")
        add("message", message)
    }

    var description: String { "{\(members.joined(separator: ","))}" }

    mutating func add(_ name: String, _ value: Int) { members.append("\(Self.quoted(name)):\(value)") }

    mutating func add(_ name: String, _ value: JSONLine) { members.append("\(Self.quoted(name)):\(value)") }

    /// Adds nothing where there is no value.
    mutating func add(_ name: String, _ value: String?) {
        if let value { members.append("\(Self.quoted(name)):\(Self.quoted(value))") }
    }

    /// Adds nothing where there are no values.
    mutating func add(_ name: String, _ values: [String]) {
        guard !values.isEmpty else { return }
        members.append("\(Self.quoted(name)):[\(values.map(Self.quoted).joined(separator: ","))]")
    }

    /// Source: RFC 8259, section 7; DEL and C1 are escaped for the sake of terminals.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x22, 0x5c: quoted += "\\\(scalar)"
            case 0x0a: quoted += "\\n"
            case 0..<0x20, 0x7f..<0xa0, 0x2028...0x2029:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
