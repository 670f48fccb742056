import Diagnostics

/// Writes images as the text of a stacker.yaml, always in the same way.
struct StackerfileWriter {
    private var bytes: [UInt8] = []
    private let table: ArgumentTable
    private let names: SubstitutionNames
    /// The text of arguments whose defaults have quotes of both kinds.
    private(set) var unquotable: [ByteString] = []
    private let limit: Int

    var isTooLong: Bool { bytes.count > limit }
    var text: [UInt8] { bytes }

    init(_ table: ArgumentTable, _ names: SubstitutionNames, limit: Int) {
        self.table = table
        self.names = names
        self.limit = limit
    }

    mutating func comment(_ text: String) { line(0, ByteString("# " + text)) }

    mutating func write(_ image: ImageDraft) {
        guard !isTooLong else { return }
        line(0, "")
        line(0, ByteString(word(image.name).bytes + [0x3a]))
        writeBase(image.base)
        if let platform = image.platform {
            field("os", scalar(platform.os))
            if let architecture = platform.architecture { field("arch", scalar(architecture)) }
        }
        if image.isBuildOnly { field("build_only", "true") }
        if !image.imports.isEmpty { line(1, "imports:") }
        for item in image.imports { write(item) }
        map("build_env", image.script.isEmpty ? [] : image.buildEnvironment)
        if !image.script.isEmpty { line(1, "run:") }
        for item in image.script { block(item) }
        write(image.configuration)
    }

    private mutating func writeBase(_ base: ImageDraft.Base) {
        line(1, "from:")
        switch base {
        case .scratch: line(2, "type: scratch")
        case .built(let name): pairs(2, [("type", "built"), ("tag", word(name))])
        case .docker(let url): pairs(2, [("type", "docker"), ("url", scalar(url))])
        case .oci(let url): pairs(2, [("type", "oci"), ("url", scalar(url))])
        case .tar(let url): pairs(2, [("type", "tar"), ("url", scalar(url))])
        }
    }

    private mutating func write(_ item: ImageDraft.Import) {
        var fields = [("path", scalar(item.path))]
        if let value = item.destination { fields.append(("dest", scalar(value))) }
        if let value = item.hash { fields.append(("hash", scalar(value))) }
        if let value = item.mode { fields.append(("mode", names.text(value))) }
        if let value = item.user { fields.append(("uid", names.text(value))) }
        if let value = item.group { fields.append(("gid", names.text(value))) }
        for (index, field) in fields.enumerated() {
            line(2, ByteString(Array("\(index == 0 ? "- " : "  ")\(field.0): ".utf8) + field.1.bytes))
        }
    }

    private mutating func write(_ configuration: ImageDraft.Configuration) {
        map("environment", configuration.environment)
        if let value = configuration.workingDirectory { field("working_dir", scalar(value)) }
        if let value = configuration.user { field("runtime_user", scalar(value)) }
        if let words = configuration.entrypoint { field("entrypoint", list(words)) }
        if let words = configuration.command { field("cmd", list(words)) }
        if !configuration.ports.isEmpty { field("exposed_ports", list(configuration.ports)) }
        if !configuration.volumes.isEmpty { field("volumes", list(configuration.volumes)) }
        if let value = configuration.stopSignal { field("stop_signal", scalar(value)) }
        if let check = configuration.healthCheck { write(check) }
        map("labels", configuration.labels)
        map("annotations", configuration.annotations)
    }

    private mutating func write(_ check: ImageDraft.HealthCheck) {
        guard check.test.first != "NONE" else { return field("healthcheck", "none") }
        line(1, "healthcheck:")
        let isLine = check.test.first == "CMD-SHELL" && check.test.count == 2
        let test = isLine ? YAMLScalarText.doubleQuoted(check.test[1]) : list(check.test)
        pairs(2, [("test", test)])
        for option in check.options {
            let value = option.name == "retries" ? option.value : scalar(option.value)
            line(2, ByteString(option.name.bytes + [0x3a, ASCII.space] + value.bytes))
        }
    }

    // MARK: - Values

    /// The name of an image, which is never anything but a string.
    private func word(_ text: ByteString) -> ByteString {
        ArgumentTable.holdsMarks(text) ? names.text(text) : YAMLScalarText.line(text)
    }

    /// A string; with a placeholder in it always in quotes, because what comes there is not known.
    private mutating func scalar(_ text: ByteString) -> ByteString {
        guard ArgumentTable.holdsMarks(text) else { return YAMLScalarText.line(text) }
        var literal: [UInt8] = []
        var defaults: [UInt8] = []
        for piece in ArgumentTable.pieces(text) {
            if case .text(let bytes) = piece { literal += bytes }
            if case .argument(let number) = piece, table.uses.indices.contains(number) {
                defaults += table.withDefaults(table.uses[number].value).bytes
            }
        }
        if !defaults.contains(ASCII.quote), literal.allSatisfy({ (0x20..<0x7f).contains($0) }) {
            return replaced(text, YAMLScalarText.singleQuoted)
        }
        if defaults.contains(ASCII.doubleQuote) || defaults.contains(ASCII.backslash) {
            unquotable.append(names.text(text))
        }
        return replaced(text, YAMLScalarText.doubleQuoted)
    }

    /// Quotes what is between placeholders, which stay as they are.
    private func replaced(_ text: ByteString, _ quote: (ByteString) -> ByteString) -> ByteString {
        var result: [UInt8] = []
        for piece in ArgumentTable.pieces(text) {
            switch piece {
            case .text(let bytes): result += quote(ByteString(bytes)).bytes.dropFirst().dropLast()
            case .argument(let number): result += names.placeholders[number].bytes
            }
        }
        let mark = quote("").bytes.prefix(1)
        return ByteString(mark + result + mark)
    }

    private mutating func list(_ words: [ByteString]) -> ByteString {
        var items: [[UInt8]] = []
        for word in words {
            let isNumber =
                (1...5).contains(word.count) && word.bytes.allSatisfy(ASCII.isDigit) && word.bytes.first != 0x30
            let isPort = isNumber && words.allSatisfy { $0.bytes.first.map(ASCII.isDigit) == true }
            items.append(
                isPort
                    ? word.bytes
                    : ArgumentTable.holdsMarks(word) ? scalar(word).bytes : YAMLScalarText.doubleQuoted(word).bytes)
        }
        return ByteString([0x5b] + Array(items.joined(separator: [0x2c, ASCII.space])) + [0x5d])
    }

    // MARK: - Lines

    private mutating func map(_ name: String, _ variables: [ImageDraft.Variable]) {
        guard !variables.isEmpty else { return }
        line(1, ByteString("\(name):"))
        for variable in variables {
            line(2, ByteString(scalar(variable.name).bytes + [0x3a, ASCII.space] + scalar(variable.value).bytes))
        }
    }

    private mutating func block(_ item: ByteString) {
        let text = names.text(item)
        guard YAMLScalarText.canBeBlock(text) else {
            return line(
                2,
                ByteString(
                    [0x2d, ASCII.space]
                        + (ArgumentTable.holdsMarks(item) ? scalar(item) : YAMLScalarText.line(text)).bytes))
        }
        line(2, "- |-")
        for part in text.bytes.split(separator: ASCII.newline, omittingEmptySubsequences: false) {
            line(part.isEmpty ? 0 : 3, ByteString(part))
        }
    }

    private mutating func field(_ name: String, _ value: ByteString) { pairs(1, [(name, value)]) }

    private mutating func pairs(_ depth: Int, _ pairs: [(String, ByteString)]) {
        for (name, value) in pairs { line(depth, ByteString(Array("\(name): ".utf8) + value.bytes)) }
    }

    private mutating func line(_ depth: Int, _ text: ByteString) {
        bytes += [UInt8](repeating: ASCII.space, count: 2 * depth)
        bytes += text.bytes
        bytes.append(ASCII.newline)
    }
}
