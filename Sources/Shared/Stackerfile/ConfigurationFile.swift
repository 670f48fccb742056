public import Diagnostics

/// The defaults that a user keeps in conf.yaml: where directories are, for every stacker.yaml.
public struct ConfigurationFile: Hashable, Sendable {
    public var workDirectory: String?
    public var stackerDirectory: String?
    public var ociDirectory: String?
    public var rootsDirectory: String?

    public init(
        workDirectory: String? = nil, stackerDirectory: String? = nil, ociDirectory: String? = nil,
        rootsDirectory: String? = nil
    ) {
        self.workDirectory = workDirectory
        self.stackerDirectory = stackerDirectory
        self.ociDirectory = ociDirectory
        self.rootsDirectory = rootsDirectory
    }

    /// The defaults in the bytes of a conf.yaml; keys that are not known are ignored, null and `""` are unset.
    ///
    /// - Throws: All that is wrong, as for a stacker.yaml; messages call the file `file`.
    public static func parse(
        _ bytes: [UInt8], file: String, limits: Limits = Limits()
    ) throws(StackerfileErrors) -> ConfigurationFile {
        let findings = Findings(file: file, source: SourceText(bytes), limits: limits)
        var reader = RecipeReader(findings: findings)
        let root: YAMLNode?
        do throws(Unreadable) {
            root = try YAMLComposer.document(ofFile: bytes, limits: limits, findings: &reader.findings)
        } catch {
            throw reader.findings.failure()
        }
        let configuration = read(root, &reader)
        try reader.findings.check()
        return configuration
    }

    private static func read(_ root: YAMLNode?, _ reader: inout RecipeReader) -> ConfigurationFile {
        var configuration = ConfigurationFile()
        guard let root, !root.isNull else { return configuration }
        guard case .mapping(let entries) = root.content else {
            reader.findings.report("the file holds \(root.phrase)", at: root.mark, expected: "a map")
            return configuration
        }
        // The top of a stacker.yaml may name a layer twice as far as YAML goes; here that is a mistake.
        var seen: [ByteString: Mark] = [:]
        for entry in entries {
            guard let key = entry.key.string, let field = fields[key] else { continue }
            if let first = seen[key] {
                reader.findings.report("duplicate key '\(key)'", at: entry.key.mark, note: ("first given here", first))
            }
            seen[key] = entry.key.mark
            configuration[keyPath: field] = reader.line(entry)
        }
        return configuration
    }

    private static var fields: [ByteString: WritableKeyPath<ConfigurationFile, String?>] {
        [
            "work_dir": \.workDirectory, "stacker_dir": \.stackerDirectory, "oci_dir": \.ociDirectory,
            "rootfs_dir": \.rootsDirectory,
        ]
    }
}
