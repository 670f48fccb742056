import Diagnostics

/// `!!str` and its kin: the tags of YAML's core, and no others.
enum YAMLTag {
    private static let core: [UInt8] = Array("tag:yaml.org,2002:".utf8)

    /// The short name of a core tag; `nil` for any other.
    private static func name(_ tag: ByteString) -> String? {
        guard tag.bytes.starts(with: core) else { return nil }
        return ByteString(tag.bytes.dropFirst(core.count)).utf8Text
    }

    /// Refuses a tag on a list or map that does not say just that.
    static func check(_ tag: ByteString?, isFor collection: String, at mark: Mark, _ findings: inout Findings) {
        guard let tag, tag != "!", name(tag) != collection else { return }
        refuse(tag, at: mark, &findings)
    }

    /// What a scalar means under its tag; a refused one is a string, so that reading goes on.
    static func value(
        of text: ByteString, isPlain: Bool, tag: ByteString?, at mark: Mark, _ findings: inout Findings
    ) -> YAMLScalar.Value {
        guard let tag else { return isPlain ? YAMLScalar.Value(plain: text) : .string }
        guard tag != "!", let name = name(tag), name != "str" else {
            if tag != "!", name(tag) == nil { refuse(tag, at: mark, &findings) }
            return .string
        }
        let value = YAMLScalar.Value(plain: text)
        switch (name, value) {
        case ("int", .integer), ("int", .unsigned), ("float", .float), ("bool", .boolean), ("null", .null):
            return value
        case ("float", .integer(let whole)): return .float(Double(whole))
        case ("float", .unsigned(let whole)): return .float(Double(whole))
        case ("int", _), ("float", _), ("bool", _), ("null", _):
            findings.report("'\(Shown.text(text))' is not of type !!\(name)", at: mark)
        default: refuse(tag, at: mark, &findings)
        }
        return .string
    }

    private static func refuse(_ tag: ByteString, at mark: Mark, _ findings: inout Findings) {
        let shown = name(tag).map { ByteString("!!" + $0) } ?? tag
        findings.report("the tag '\(Shown.text(shown))' is not supported here", at: mark)
    }
}
