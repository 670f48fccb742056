import Diagnostics

/// Values of the fields of an import; what cannot be is reported, and `nil`.
extension RecipeReader {
    /// A SHA-256 in hexadecimal digits of any case; `nil` where it is empty.
    mutating func hash(_ node: YAMLNode) -> String? {
        // A hash of decimal digits alone is a number for YAML, whose digits it then keeps as written.
        guard let scalar = node.scalar, node.string != nil || scalar.text.count == Self.hashDigits else {
            findings.report("'hash' is not a string: this is \(node.phrase)", at: node.mark)
            return nil
        }
        if scalar.text.isEmpty { return nil }
        let digits = scalar.text.bytes.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
        let isHexadecimal = digits.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isHexadecimal, digits.count == Self.hashDigits else {
            findings.report(
                "Given hash \(Shown.text(scalar.text)) is not valid", at: node.mark,
                expected: "the \(Self.hashDigits) hexadecimal digits of a SHA-256")
            return nil
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static let hashDigits = 64

    /// An absolute path in an image; `nil` where it is empty.
    mutating func importDestination(_ node: YAMLNode) -> ByteString? {
        guard let text = node.string else {
            findings.report("'dest' is not a string: this is \(node.phrase)", at: node.mark)
            return nil
        }
        guard !text.isEmpty, oneLine(text, at: node.mark) != nil else { return nil }
        guard text.bytes.first == 0x2f else {
            findings.report("'dest' path cannot be relative: \(Shown.text(text))", at: node.mark)
            return nil
        }
        return withoutParent(text, at: node.mark)
    }

    /// Refuses `..`, which in an image says nothing that could not be said without it.
    mutating func withoutParent(_ path: ByteString, at mark: Mark) -> ByteString? {
        guard !path.bytes.split(separator: 0x2f).contains([0x2e, 0x2e]) else {
            findings.report("the path '\(Shown.text(path))' cannot hold '..'", at: mark)
            return nil
        }
        return path
    }

    /// Permission bits, with setuid, setgid and sticky.
    mutating func mode(_ node: YAMLNode) -> UInt32? {
        guard let value = integer(node, "mode") else { return nil }
        guard let mode = UInt32(exactly: value), mode <= 0o7777 else {
            findings.report(
                "'mode' cannot be \(Shown.text(node.scalar?.text ?? ""))", at: node.mark,
                expected: "permission bits, from 0 to 07777")
            return nil
        }
        if let text = node.scalar?.text.bytes, text.count == 3, text.allSatisfy({ (0x31...0x37).contains($0) }) {
            let digits = String(decoding: text, as: UTF8.self)
            findings.warn(
                "'mode' \(digits) is decimal, octal \(String(mode, radix: 8)): for octal write 0\(digits)",
                at: node.mark)
        }
        return mode
    }

    /// A user or group id; -1 says that there is none.
    mutating func owner(_ node: YAMLNode, _ field: String) -> UInt32? {
        guard let value = integer(node, field), value != -1 else { return nil }
        guard value >= 0 else {
            findings.report("'\(field)' cannot be negative: \(value)", at: node.mark)
            return nil
        }
        // The last number of all means "none" to chown(2).
        guard let id = UInt32(exactly: value), id < UInt32.max else {
            findings.report("'\(field)' cannot be \(value)", at: node.mark, expected: "an id below \(UInt32.max)")
            return nil
        }
        return id
    }

    /// Patterns of what is left out of a directory of this machine.
    mutating func exclusions(_ node: YAMLNode, of item: Import) -> [ExclusionPattern] {
        if case .image = item.source {
            findings.report("'exclude' is only for directories of this machine", at: node.mark)
            return []
        }
        guard case .sequence(let items) = node.content else {
            findings.report("'exclude' expected an array", at: node.mark, expected: "a list of patterns")
            return []
        }
        guard items.count <= findings.limits.exclusions else {
            findings.report(
                "'exclude' has more than \(findings.limits.exclusions) patterns", at: node.mark, class: .limit)
            return []
        }
        return items.compactMap { item in
            guard let text = item.string else {
                findings.report(
                    "a pattern of 'exclude' is \(item.phrase)", at: item.mark,
                    expected: item.scalar == nil ? "a string" : "a string: put it in quotes")
                return nil
            }
            do throws(ExclusionPattern.Invalid) {
                return try ExclusionPattern(text)
            } catch {
                findings.report(error.message, at: item.mark)
                return nil
            }
        }
    }

    private mutating func integer(_ node: YAMLNode, _ field: String) -> Int64? {
        switch node.scalar?.value {
        case .integer(let value): return value
        case .unsigned: return .max
        default:
            findings.report(
                "'\(field)' is not an integer: this is \(node.phrase)", at: node.mark,
                expected: node.string == nil ? nil : "a number without quotes")
            return nil
        }
    }
}
