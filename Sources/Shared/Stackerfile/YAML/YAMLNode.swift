import Diagnostics

/// A value of a YAML document, with anchors, aliases and merge keys resolved.
struct YAMLNode: Sendable {
    /// Where it is written; for an alias, where its anchor is.
    let mark: Mark
    /// Where that is in the text that was parsed, in bytes.
    let textOffset: Int
    let content: Content

    enum Content: Sendable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        /// In the order of the file, without duplicate keys except at the top of the document.
        case mapping([YAMLEntry])
    }

    var scalar: YAMLScalar? {
        if case .scalar(let scalar) = content { scalar } else { nil }
    }

    /// The text of a string; `nil` for `10`, `yes`, `~` and everything else that is none.
    var string: ByteString? {
        guard let scalar, case .string = scalar.value else { return nil }
        return scalar.text
    }

    var isNull: Bool {
        guard let scalar, case .null = scalar.value else { return false }
        return true
    }

    /// What a message calls it.
    var kindName: String {
        switch content {
        case .scalar(let scalar): scalar.value.kindName
        case .sequence: "list"
        case .mapping: "map"
        }
    }
}

extension YAMLNode {
    /// ``kindName`` with its article.
    var phrase: String {
        switch kindName {
        case "null": "null"
        case "int": "an int"
        case let kind: "a \(kind)"
        }
    }
}
