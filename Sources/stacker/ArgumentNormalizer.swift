import Diagnostics
import Stackerfile

/// Rewrites a command line into the one spelling that ArgumentParser reads without surprises.
///
/// stacker's command line has always been that of Go's flag package: one dash or two before a long name, `=true` and
/// `=false` after a boolean, the last of several wins, and no flag after the first positional argument. ArgumentParser
/// differs in each of these, and takes the next argument as the value of `--flag=`. So flags are found here, by name,
/// and handed on as `VERB --flag=value … -- positional …`.
struct ArgumentNormalizer {
    private let syntax: CommandLineSyntax
    private var rest: ArraySlice<ByteString>
    private var verb: String?
    /// What was given so far, in order: one entry for each spelling that ArgumentParser will see.
    private var given: [(flag: FlagSyntax, value: String?)] = []

    /// What the arguments after the program's own name ask for.
    ///
    /// - Throws: What is wrong with the first argument that cannot be understood.
    static func invocation(of arguments: [ByteString], _ syntax: CommandLineSyntax) throws(UsageError) -> Invocation {
        var normalizer = ArgumentNormalizer(syntax: syntax, rest: arguments[...])
        return try normalizer.run()
    }

    private init(syntax: CommandLineSyntax, rest: ArraySlice<ByteString>) {
        self.syntax = syntax
        self.rest = rest
    }

    private mutating func run() throws(UsageError) -> Invocation {
        if let first = rest.first, first.bytes.starts(with: "---completion".utf8) {
            return .completion(try texts(rest))
        }
        let everywhere = syntax.global + [syntax.help, syntax.version]
        try takeFlags(everywhere + [syntax.completionScript])
        if isGiven(syntax.help) { return .help(topic: nil) }
        if isGiven(syntax.version) { return .version }
        if let script = given.last(where: { $0.flag == syntax.completionScript }), let shell = script.value {
            return .completionScript(shell: shell)
        }
        guard let first = rest.popFirst() else { return .help(topic: nil) }
        if first == ByteString(syntax.helpCommand) {
            try takeFlags(everywhere)
            return .help(topic: try rest.first.map(knownCommand))
        }

        if first == ByteString(InternalGo.name) {
            try takeFlags(everywhere)
            return .internalGo(globalFlags: spelled(syntax.global.contains), arguments: Array(rest))
        }

        let name = try knownCommand(first)
        verb = name
        try takeFlags(everywhere + (syntax.commands[name] ?? []))
        if isGiven(syntax.help) {
            return .commandHelp(verb: name, globalFlags: spelled(syntax.global.contains))
        }
        if isGiven(syntax.version) { return .version }
        let positional = try texts(rest)
        return .command(
            verb: name, arguments: spelled { _ in true } + (positional.isEmpty ? [] : ["--"] + positional))
    }

    private func isGiven(_ flag: FlagSyntax) -> Bool { given.contains { $0.flag == flag } }

    private func knownCommand(_ argument: ByteString) throws(UsageError) -> String {
        let name = argument.utf8Text.map { syntax.aliases[$0] ?? $0 }
        guard let name, syntax.commands[name] != nil else {
            throw .unknownCommand(
                argument.description,
                meant: Spelling.suggestion(for: argument, among: (syntax.commands.keys + [syntax.helpCommand]).sorted())
            )
        }
        return name
    }

    /// Takes flags up to the first argument that is none, and the `--` that may stand there.
    private mutating func takeFlags(_ flags: [FlagSyntax]) throws(UsageError) {
        while let argument = rest.first, argument.bytes.first == UInt8(ascii: "-"), argument.count > 1 {
            rest.removeFirst()
            if argument == "--" { return }
            try takeFlag(argument, flags)
        }
    }

    private mutating func takeFlag(_ argument: ByteString, _ flags: [FlagSyntax]) throws(UsageError) {
        let body = argument.bytes.dropFirst(argument.bytes.starts(with: "--".utf8) ? 2 : 1)
        let equals = body.firstIndex(of: UInt8(ascii: "="))
        let name = ByteString(body[..<(equals ?? body.endIndex)])
        guard !name.isEmpty, name.bytes.first != UInt8(ascii: "-") else {
            throw .invalid("bad flag syntax: \(argument)", command: verb)
        }
        guard let flag = flags.first(where: { $0.names.contains { ByteString($0) == name } }) else {
            let known = flags.flatMap(\.names).filter { $0.utf8.count > 1 }
            let meant = Spelling.suggestion(for: name, among: known).map { " (did you mean --\($0)?)" } ?? ""
            throw .invalid("flag provided but not defined: -\(name)\(meant)", command: verb)
        }
        let attached = equals.map { ByteString(body[body.index(after: $0)...]) }
        if let cancelled = flag.cancels { given.removeAll { $0.flag.names.first == cancelled } }
        switch flag.kind {
        case .optionalValue(let bare): try takeValue(flag, name, attached ?? ByteString(bare))
        case .boolean: try takeBoolean(flag, name, attached)
        case .value: try takeValue(flag, name, attached)
        }
    }

    private mutating func takeBoolean(
        _ flag: FlagSyntax, _ name: ByteString, _ attached: ByteString?
    ) throws(UsageError) {
        given.removeAll { $0.flag == flag }
        switch attached?.description {
        case nil, "1", "t", "T", "true", "TRUE", "True": given.append((flag, nil))
        case "0", "f", "F", "false", "FALSE", "False": break
        case .some(let value):
            throw .invalid("invalid boolean value \"\(value)\" for -\(name): use true or false", command: verb)
        }
    }

    private mutating func takeValue(
        _ flag: FlagSyntax, _ name: ByteString, _ attached: ByteString?
    ) throws(UsageError) {
        guard let value = attached ?? rest.popFirst() else {
            throw .invalid("flag needs an argument: -\(name)", command: verb)
        }
        if value.isEmpty {
            guard flag.emptyMeansUnset else {
                throw .invalid("flag needs an argument that is not empty: -\(name)", command: verb)
            }
            given.removeAll { $0.flag == flag }
        } else {
            given.append((flag, try text(value)))
        }
    }

    /// ArgumentParser splits at the first *character* `=`, which a combining mark after it would make another one, so
    /// only a value that begins with ASCII is attached; the others cannot be mistaken for a flag.
    private func spelled(_ wanted: (FlagSyntax) -> Bool) -> [String] {
        given.filter { wanted($0.flag) }.flatMap { flag, value -> [String] in
            guard let value else { return [flag.canonical] }
            let isASCII = value.utf8.first.map { $0 < 0x80 } ?? false
            return isASCII ? ["\(flag.canonical)=\(value)"] : [flag.canonical, value]
        }
    }

    /// Names of files may be any bytes, but what ArgumentParser would make of others than UTF-8 is another name.
    private func text(_ argument: ByteString) throws(UsageError) -> String {
        guard let text = argument.utf8Text else {
            throw .invalid("argument is not UTF-8: \(argument)", command: verb)
        }
        return text
    }

    private func texts(_ arguments: ArraySlice<ByteString>) throws(UsageError) -> [String] {
        var all: [String] = []
        for argument in arguments { all.append(try text(argument)) }
        return all
    }
}
