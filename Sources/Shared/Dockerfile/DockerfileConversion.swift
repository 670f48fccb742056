public import Diagnostics
public import Stackerfile

/// Turns a Dockerfile into a stacker.yaml.
public struct DockerfileConversion: Sendable {
    /// The text of the stacker.yaml.
    public let stackerfile: [UInt8]
    /// The text of a file with values for the substitutions; `nil` where there are none.
    public let substitutions: [UInt8]?
    public let warnings: [Diagnostic]

    /// Converts the bytes of a Dockerfile, which messages call `file`.
    ///
    /// Files to copy are looked for in `tree`, the directory of the stacker.yaml; `architecture` is that of this machine, in
    /// the words of Go; a comment calls the second file `substitutionsName`.
    ///
    /// - Throws: Everything that cannot be converted.
    public init(
        _ bytes: [UInt8], file: String, tree: some SourceTree, architecture: String, substitutionsName: String,
        limits: Limits = Limits()
    ) throws(StackerfileErrors) {
        var findings = TextFindings(bytes, file: file, limits: limits)
        guard bytes.count <= limits.stackerfileBytes else {
            var empty = TextFindings([], file: file, limits: limits)
            empty.report("the file is longer than \(limits.stackerfileBytes) bytes", atByte: 0, class: .limit)
            throw empty.failure
        }
        findings.checkText()
        try findings.check()
        var parser = DockerfileParser(bytes, limits: limits, findings: findings)
        let instructions = parser.instructions()
        var converter = Converter(
            findings: parser.findings, tree: tree, architecture: architecture, limits: limits, escape: parser.escape)
        converter.convert(instructions)
        try converter.findings.check()
        let images = converter.images
        let texts = images.flatMap(\.texts)
        let names = SubstitutionNames(converter.table, texts: texts)
        let opening = Array("${{".utf8)
        for text in (texts + converter.table.uses.map(\.value)).map(\.bytes) where text.contains(0x24) {
            guard text.indices.contains(where: { text[$0...].starts(with: opening) }) else { continue }
            converter.findings.report("a text of the file becomes '${{', which would be a substitution", atByte: 0)
            break
        }
        var writer = StackerfileWriter(converter.table, names, limit: limits.stackerfileBytes)
        writer.comment("Made from a Dockerfile by stacker convert.")
        if !names.pairs.isEmpty {
            writer.comment("stacker build --substitute-file \(ByteString(substitutionsName))")
        }
        for (name, text) in names.renamed { writer.comment("The argument \(name) is the substitution \(text).") }
        for image in images { writer.write(image) }
        for text in writer.unquotable {
            converter.findings.report(
                "the default of an argument has quotes of both kinds, in \(Shown.text(text))", atByte: 0)
        }
        if writer.isTooLong {
            converter.findings.report(
                "the stacker.yaml would be longer than \(limits.stackerfileBytes) bytes", atByte: 0, class: .limit)
        }
        try converter.findings.check()
        stackerfile = writer.text
        warnings = converter.findings.warnings
        substitutions = names.pairs.isEmpty ? nil : Self.file(names.pairs)
    }

    private static func file(_ pairs: [ImageDraft.Variable]) -> [UInt8] {
        pairs.flatMap {
            YAMLScalarText.line($0.name).bytes + [0x3a, ASCII.space] + YAMLScalarText.line($0.value).bytes + [
                ASCII.newline
            ]
        }
    }
}

extension ImageDraft {
    /// All of its texts.
    fileprivate var texts: [ByteString] {
        var texts = [name] + script
        switch base {
        case .scratch: break
        case .built(let text), .docker(let text), .oci(let text), .tar(let text): texts.append(text)
        }
        if let platform { texts += [platform.os] + [platform.architecture].compactMap(\.self) }
        for item in imports {
            texts += [item.path] + [item.destination, item.mode, item.user, item.group, item.hash].compactMap(\.self)
        }
        let variables =
            (script.isEmpty ? [] : buildEnvironment) + configuration.environment + configuration.labels
            + configuration.annotations
        texts += variables.flatMap { [$0.name, $0.value] } + configuration.volumes + configuration.ports
        texts += (configuration.entrypoint ?? []) + (configuration.command ?? [])
        texts += [configuration.workingDirectory, configuration.user, configuration.stopSignal].compactMap(\.self)
        if let check = configuration.healthCheck { texts += check.test + check.options.map(\.value) }
        return texts
    }
}
