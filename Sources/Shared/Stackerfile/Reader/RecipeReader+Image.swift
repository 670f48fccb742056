import Diagnostics

extension RecipeReader {
    /// One layer of the file.
    ///
    /// - Returns: `nil` where it has no usable base, which is reported.
    mutating func image(_ name: String, _ layer: YAMLEntry) -> ImageRecipe? {
        guard case .mapping(let entries) = layer.value.content else {
            if layer.value.isNull {
                reportMissingBase(of: layer)
            } else {
                findings.report(
                    "layer '\(name)' is \(layer.value.phrase)", at: layer.value.mark,
                    expected: "a map with 'from' and other directives")
            }
            return nil
        }
        var image = ImageRecipe(name: name, nameMark: layer.key.mark, base: .scratch, baseMark: layer.key.mark)
        var from: YAMLEntry?
        var imports: YAMLEntry?
        var legacyImport: YAMLEntry?
        for entry in entries {
            guard let key = directive(entry.key) else { continue }
            if refuses(key, at: entry.key.mark) { continue }
            switch key {
            case "from": from = entry
            case "imports": imports = entry
            case "import": legacyImport = entry
            case "overlay_dirs": image.overlayDirectories = overlayDirectories(entry)
            case "run":
                image.run = script(entry.value)
                image.runMark = image.run.isEmpty ? nil : entry.value.mark
                image.runOrigin = image.run.isEmpty ? nil : origin(of: entry.value)
            case "cmd": image.command = command(entry.value)
            case "entrypoint": image.entrypoint = command(entry.value)
            case "full_command": image.fullCommand = command(entry.value)
            case "environment": image.environment = environment(entry)
            case "build_env": image.buildEnvironment = buildEnvironment(entry)
            case "build_env_passthrough": image.buildEnvironmentPassthrough = passthrough(entry)
            case "binds": image.binds = binds(entry)
            case "labels": image.labels = stringPairs(entry)
            case "annotations": image.annotations = stringPairs(entry)
            case "volumes": image.volumes = volumes(entry)
            case "working_dir": image.workingDir = line(entry)
            case "runtime_user": image.runtimeUser = line(entry)
            case "exposed_ports": image.exposedPorts = exposedPorts(entry)
            case "stop_signal": image.stopSignal = stopSignal(entry)
            case "healthcheck": image.healthCheck = healthCheck(entry)
            case "generate_labels":
                image.generateLabels = script(entry.value)
                image.generateLabelsOrigin = image.generateLabels.isEmpty ? nil : origin(of: entry.value)
            case "build_only": image.isBuildOnly = boolean(entry)
            case "os": image.os = platformWord(entry)
            case "arch": image.architecture = platformWord(entry)
            case "bom", "was_bom", "was_legacy_import": ignore(entry)
            default: reportUnknown(entry.key)
            }
        }
        readImports(imports, legacy: legacyImport, into: &image)
        guard let from else {
            reportMissingBase(of: layer)
            return nil
        }
        guard let base = base(from, of: image.name) else { return nil }
        (image.base, image.baseMark) = base
        return image
    }

    /// Only ASCII words are known, and no other text is canonically equivalent to one of them.
    private mutating func directive(_ key: YAMLNode) -> String? {
        if let word = key.string?.utf8Text { return word }
        guard key.scalar != nil else {
            findings.report("the directive is not a string", at: key.mark)
            return nil
        }
        reportUnknown(key)
        return nil
    }

    private mutating func reportUnknown(_ key: YAMLNode) {
        let word = key.scalar?.text ?? ""
        findings.report(
            "unknown directive '\(Shown.text(word))'", at: key.mark,
            suggestion: Spelling.suggestion(for: word, among: Vocabulary.directives))
    }

    static let missingBase = "invalid layer: no base (from directive)"

    private mutating func reportMissingBase(of layer: YAMLEntry) {
        findings.report(Self.missingBase, at: layer.key.mark, expected: "a 'from' in this layer")
    }
}
