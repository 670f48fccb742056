import Diagnostics

extension RecipeReader {
    /// A word for an operating system or an architecture; the empty string is unset, and null a mistake.
    mutating func platformWord(_ entry: YAMLEntry) -> String? {
        let key = Shown.text(entry.key.scalar?.text ?? "")
        guard !entry.value.isNull else {
            findings.report("\"\(key)\" value cannot be empty", at: entry.key.mark, expected: "a word, such as amd64")
            return nil
        }
        guard let word = line(entry) else { return nil }
        // Images name their platform with such words, and file names are made of them.
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
            default: false
            }
        }
        guard isPlain, word != ".." else {
            findings.report(
                "'\(Shown.text(ByteString(word)))' cannot be the \"\(key)\" of an image", at: entry.value.mark,
                expected: "a word, such as \(key == "os" ? "linux" : "amd64")")
            return nil
        }
        return word
    }

    /// True or false; null is false.
    mutating func boolean(_ entry: YAMLEntry) -> Bool {
        if entry.value.isNull { return false }
        if case .boolean(let value) = entry.value.scalar?.value { return value }
        findings.report(
            "'\(Shown.text(entry.key.scalar?.text ?? ""))' is \(entry.value.phrase)", at: entry.value.mark,
            expected: "true or false")
        return false
    }

    /// A key that older files have, and that does nothing any more.
    mutating func ignore(_ entry: YAMLEntry) {
        let key = entry.key.scalar?.text ?? ""
        guard key == "bom" else {
            guard boolean(entry) else { return }
            return findings.warn("'\(Shown.text(key))' does nothing: remove it", at: entry.key.mark)
        }
        switch entry.value.content {
        case .mapping: findings.warn("'bom' is deprecated and does nothing: it was removed", at: entry.key.mark)
        case .scalar where entry.value.isNull: break
        case .scalar, .sequence:
            findings.report("'bom' is \(entry.value.phrase)", at: entry.value.mark, expected: "a map")
        }
    }
}
