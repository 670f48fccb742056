import Diagnostics

/// Puts values and defaults where placeholders are.
///
/// Pairs are applied one after the other, each to the whole text as the ones before it left it; then what is left takes
/// its default. Nothing is applied twice to the same place, so no value can grow by itself.
struct Substituter {
    private let source: SourceText
    private let substitutions: Substitutions
    private let limits: Limits
    private var rewrite: TextRewrite
    private var placeholders: [Placeholder] = []
    private var open: [Int] = []
    private var counts: [Int]

    /// The text of a file after substitution, and how often each pair was used.
    ///
    /// Reports placeholders without a value, and goes on with a word in their place.
    ///
    /// - Throws: ``Unreadable`` where a limit is passed, which is reported.
    static func expand(
        _ source: SourceText, _ substitutions: Substitutions, limits: Limits, findings: inout Findings
    ) throws(Unreadable) -> (ExpandedText, [SubstitutionUse]) {
        guard substitutions.pairs.count <= limits.substitutions else {
            findings.report("more than \(limits.substitutions) substitutions are given", at: .start, class: .limit)
            throw Unreadable()
        }
        findings.origins.pairs = substitutions.pairs
        ShellPlaceholders.report(in: source, substitutions.pairs, &findings)
        var substituter = Substituter(source, substitutions, limits)
        try substituter.scan(&findings)
        for number in substitutions.pairs.indices { try substituter.apply(number, &findings) }
        substituter.warnOfOpen(&findings)
        try substituter.takeDefaults(&findings)
        let uses = zip(substitutions.pairs, substituter.counts).map { SubstitutionUse(name: $0.name, count: $1) }
        let rewrite = substituter.rewrite
        guard rewrite.isChanged else { return (ExpandedText(source), uses) }
        return (ExpandedText(source, substituted: rewrite.bytes, pieces: rewrite.pieces), uses)
    }

    private init(_ source: SourceText, _ substitutions: Substitutions, _ limits: Limits) {
        self.source = source
        self.substitutions = substitutions
        self.limits = limits
        rewrite = TextRewrite(source.bytes)
        counts = Array(repeating: 0, count: substitutions.pairs.count)
    }

    private mutating func scan(_ findings: inout Findings) throws(Unreadable) {
        (placeholders, open) = Placeholder.all(in: rewrite.bytes)
        guard placeholders.count + open.count <= limits.stackerfilePlaceholders else {
            findings.report(
                "more than \(limits.stackerfilePlaceholders) placeholders",
                at: mark(placeholders.first?.range.lowerBound ?? 0), class: .limit)
            throw Unreadable()
        }
    }

    private func mark(_ offset: Int) -> Mark { source.mark(atByte: rewrite.fileOffset(of: offset)) }

    private mutating func apply(_ number: Int, _ findings: inout Findings) throws(Unreadable) {
        let pair = substitutions.pairs[number]
        var edits: [TextRewrite.Edit] = []
        var end = 0
        var isAllowed: Bool?
        for placeholder in placeholders where placeholder.range.lowerBound >= end {
            guard placeholder.isNamed(pair.name.bytes, in: rewrite.bytes) else { continue }
            let allowed = isAllowed ?? (substitutions.allowsLineBreaks || !Self.holdsLineBreak(pair.value.bytes))
            isAllowed = allowed
            if !allowed { reportLineBreak(placeholder, number, &findings) }
            edits.append(
                allowed
                    ? TextRewrite.Edit(range: placeholder.range, text: pair.value.bytes, kind: .value(number))
                    : TextRewrite.Edit(range: placeholder.range, text: Self.missing, kind: .missing))
            end = placeholder.range.upperBound
        }
        guard !edits.isEmpty else { return }
        counts[number] += edits.count
        try apply(edits, &findings)
        try scan(&findings)
    }

    private func reportLineBreak(_ placeholder: Placeholder, _ number: Int, _ findings: inout Findings) {
        findings.report(
            "the value of '\(Shown.text(substitutions.pairs[number].name))' holds a line break",
            at: mark(placeholder.range.lowerBound), expected: "text on one line, or --substitute-multiline",
            values: [.value(number)])
    }

    /// Line breaks as YAML 1.1 has them: LF, CR, NEL, LS and PS.
    private static func holdsLineBreak(_ bytes: [UInt8]) -> Bool {
        bytes.indices.contains { index in
            let rest = bytes[index...]
            return bytes[index] == 0x0a || bytes[index] == 0x0d || rest.starts(with: [0xc2, 0x85])
                || rest.starts(with: [0xe2, 0x80, 0xa8]) || rest.starts(with: [0xe2, 0x80, 0xa9])
        }
    }

    private mutating func apply(_ edits: [TextRewrite.Edit], _ findings: inout Findings) throws(Unreadable) {
        let count = edits.reduce(rewrite.bytes.count) { $0 + $1.text.count - $1.range.count }
        guard count <= limits.stackerfileBytes else {
            findings.report(
                "after substitution the file is longer than \(limits.stackerfileBytes) bytes",
                at: mark(edits.first?.range.lowerBound ?? 0), class: .limit,
                values: Set(edits.prefix(1).compactMap(\.kind)))
            throw Unreadable()
        }
        rewrite.apply(edits)
    }

    /// A word that is no mistake wherever a string may stand.
    private static let missing: [UInt8] = [0x78]
}

extension Substituter {
    /// Leaves the default of each placeholder that is left, one inside another too.
    private mutating func takeDefaults(_ findings: inout Findings) throws(Unreadable) {
        var edits: [TextRewrite.Edit] = []
        var end = 0
        var ends: [Int] = []
        for placeholder in placeholders where placeholder.range.lowerBound >= end {
            let range = placeholder.range
            while let last = ends.last, last < range.lowerBound { edits.append(Self.closing(ends.removeLast())) }
            let content = rewrite.bytes[placeholder.content]
            guard let colon = content.firstIndex(of: 0x3a) else {
                reportMissing(placeholder, &findings)
                edits.append(TextRewrite.Edit(range: range, text: Self.missing, kind: .missing))
                end = range.upperBound
                continue
            }
            edits.append(TextRewrite.Edit(range: range.lowerBound..<(colon + 1), text: [], kind: nil))
            end = colon + 1
            ends.append(range.upperBound - 2)
        }
        edits += ends.reversed().map(Self.closing)
        if !edits.isEmpty { try apply(edits, &findings) }
    }

    private static func closing(_ offset: Int) -> TextRewrite.Edit {
        TextRewrite.Edit(range: offset..<(offset + 2), text: [], kind: nil)
    }

    private func reportMissing(_ placeholder: Placeholder, _ findings: inout Findings) {
        let name = ByteString(rewrite.bytes[placeholder.content])
        let trimmed = ByteString(
            name.bytes.drop { $0 == 0x20 || $0 == 0x09 }.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
        let known = substitutions.pairs.lazy.compactMap(\.name.utf8Text)
        var suggestion = Spelling.suggestion(for: trimmed, among: known)
        if trimmed != name, let word = trimmed.utf8Text, known.contains(word) { suggestion = word }
        let word = Shown.text(trimmed)
        findings.report(
            "no value for substitution \(Shown.text(name))", at: mark(placeholder.range.lowerBound),
            expected: trimmed.isEmpty
                ? "a name: ${{NAME}}" : "--substitute \(word)=VALUE, or a default: ${{\(word):default}}",
            suggestion: suggestion.map { "${{\($0)}}" }, values: rewrite.values(at: placeholder.range.lowerBound))
    }

    /// What was meant as a placeholder stays as it is, because a script may hold anything.
    private func warnOfOpen(_ findings: inout Findings) {
        for offset in open {
            findings.warn(
                "'${{' begins no placeholder here: its '}}' is missing, or a '}' comes before", at: mark(offset))
        }
    }
}
