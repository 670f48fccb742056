public import Diagnostics

/// What stands for the placeholders of a stacker.yaml: names with values, in the order in which they are applied.
///
/// Of two pairs with one name the first counts. A value may hold placeholders for pairs that come after its own.
public struct Substitutions: Hashable, Sendable {
    public var pairs: [Pair]
    /// Whether a value may hold line breaks, which can add whole lines to a file.
    public var allowsLineBreaks: Bool

    public init(_ pairs: [Pair] = [], allowsLineBreaks: Bool = false) {
        self.pairs = pairs
        self.allowsLineBreaks = allowsLineBreaks
    }

    /// One name with its value, both taken literally.
    public struct Pair: Hashable, Sendable {
        /// Never empty.
        public var name: ByteString
        public var value: ByteString
        public var origin: Origin

        public init(name: ByteString, value: ByteString, origin: Origin) {
            self.name = name
            self.value = value
            self.origin = origin
        }
    }

    /// Where a pair was given.
    public enum Origin: Hashable, Sendable {
        /// On the command line, by this flag.
        case flag(String)
        /// In a file of pairs, where its name is.
        case file(String, Mark)
        /// By stacker itself, from where its directories are.
        case directories
    }
}

extension Substitutions {
    /// Adds `NAME=VALUE` as a command line gives it with `flag`.
    ///
    /// The value begins after the first `=`, and may be empty.
    public mutating func add(_ argument: ByteString, from flag: String) throws(Failure) {
        guard let equals = argument.bytes.firstIndex(of: UInt8(ascii: "=")), equals > 0 else {
            // The spelling is that of the established stacker, which scripts know.
            throw Failure(
                "invalid substition \(Shown.text(argument))", hint: "give a name and a value: \(flag) NAME=VALUE",
                class: .usage)
        }
        pairs.append(
            Pair(
                name: ByteString(argument.bytes[..<equals]), value: ByteString(argument.bytes[(equals + 1)...]),
                origin: .flag(flag)))
    }

    /// Adds what stacker itself gives every file: where its directories are.
    public mutating func addDirectories(_ directories: [(name: String, path: ByteString)]) {
        pairs += directories.map { Pair(name: ByteString($0.name), value: $0.path, origin: .directories) }
    }
}

extension Substitutions.Pair {
    /// Where the value comes from, in the words of a message.
    var source: String {
        let name = Shown.text(name)
        switch origin {
        case .flag(let flag): return "the value of '\(name)' comes from \(flag)"
        case .file(let file, let mark): return "the value of '\(name)' comes from \(ByteString(file)):\(mark)"
        case .directories: return "the value of '\(name)' is a directory of stacker"
        }
    }
}
