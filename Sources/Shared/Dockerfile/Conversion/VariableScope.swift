import Diagnostics

/// The variables that an instruction of a Dockerfile sees.
struct VariableScope {
    /// What a variable is.
    enum Value {
        case text(ByteString)
        /// A build argument, and its default where it has one.
        case argument(ByteString?)
        case unset
    }

    struct Argument {
        var name: String
        var value: ByteString?
    }

    /// Set by ENV; they count more than arguments.
    var environment: [ImageDraft.Variable] = []
    /// Declared by ARG, in order.
    private(set) var arguments: [Argument] = []
    /// What is known without being declared.
    var predefined: [String: ByteString] = [:]

    subscript(name: String) -> Value {
        if let text = environment[ByteString(name)] { return .text(text) }
        if let argument = argument(name) { return .argument(argument.value) }
        return predefined[name].map { .text($0) } ?? .unset
    }

    func argument(_ name: String) -> Argument? { arguments.first { $0.name == name } }

    mutating func declare(_ name: String, _ value: ByteString?) {
        if let place = arguments.firstIndex(where: { $0.name == name }) {
            arguments[place].value = value
        } else {
            arguments.append(Argument(name: name, value: value))
        }
    }
}
