import Diagnostics

/// What the build arguments of a file are called in stacker.yaml.
///
/// stacker refuses `$NAME` where a substitution of that name is given, and a script that was written for a Dockerfile is full of
/// them: such an argument gets another name.
struct SubstitutionNames {
    /// The text that stands for each use, by its number.
    private(set) var placeholders: [ByteString]
    /// The names and defaults that go into a file of their own, those first that hold others.
    private(set) var pairs: [ImageDraft.Variable] = []
    /// Arguments that are not called as in the Dockerfile, with what they are called.
    private(set) var renamed: [(String, String)] = []

    init(_ table: ArgumentTable, texts: [ByteString]) {
        placeholders = Array(repeating: "", count: table.uses.count)
        let used = Self.used(table, texts)
        let shellNames = Self.shellNames(in: texts + table.uses.map(\.value))
        var numbers: [String: [Int]] = [:]
        var order: [String] = []
        for number in used.sorted() {
            let name = table.uses[number].name
            if numbers[name] == nil { order.append(name) }
            numbers[name, default: []].append(number)
        }
        var taken: Set<String> = []
        for name in order {
            let group = numbers[name] ?? []
            let canBeInline = group.allSatisfy { !table.uses[$0].value.bytes.contains(ASCII.closeBrace) }
            guard group.count > 1, canBeInline else {
                for number in group {
                    let text = Self.unusedName(name, shellNames, &taken)
                    if text != name { renamed.append((name, text)) }
                    placeholders[number] = ByteString("${{\(text)}}")
                    pairs.append(
                        ImageDraft.Variable(name: ByteString(text), value: table.uses[number].value))
                }
                continue
            }
            // One name with several defaults: each stands where it counts.
            let text = Self.unusedName(name, shellNames, &taken)
            if text != name { renamed.append((name, text)) }
            for number in group {
                let value = table.uses[number].value
                placeholders[number] = ByteString(Array("${{\(text):".utf8) + value.bytes + Array("}}".utf8))
            }
        }
        // An argument is marked after those that its default holds, so the last one comes first.
        if pairs.contains(where: { ArgumentTable.holdsMarks($0.value) }) { pairs.reverse() }
        pairs = pairs.map { ImageDraft.Variable(name: $0.name, value: text($0.value)) }
        placeholders = placeholders.map { text($0) }
    }

    /// A text with its marks replaced.
    func text(_ text: ByteString) -> ByteString {
        guard ArgumentTable.holdsMarks(text) else { return text }
        var result: [UInt8] = []
        for piece in ArgumentTable.pieces(text) {
            switch piece {
            case .text(let bytes): result += bytes
            case .argument(let number):
                result += placeholders.indices.contains(number) ? placeholders[number].bytes : []
            }
        }
        return ByteString(result)
    }

    /// The uses that texts hold, and those that their defaults hold.
    private static func used(_ table: ArgumentTable, _ texts: [ByteString]) -> Set<Int> {
        var used: Set<Int> = []
        var rest = texts
        while let text = rest.popLast() {
            guard ArgumentTable.holdsMarks(text) else { continue }
            for case .argument(let number) in ArgumentTable.pieces(text) where table.uses.indices.contains(number) {
                if used.insert(number).inserted { rest.append(table.uses[number].value) }
            }
        }
        return used
    }

    /// The names behind dollar signs, sorted.
    private static func shellNames(in texts: [ByteString]) -> [[UInt8]] {
        var names: Set<[UInt8]> = []
        for text in texts {
            for part in text.bytes.split(separator: ASCII.dollar, omittingEmptySubsequences: false).dropFirst() {
                let rest = part.first == ASCII.openBrace ? part.dropFirst() : part
                let name = Array(rest.prefix(while: ASCII.continuesName))
                if !name.isEmpty { names.insert(name) }
            }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static func unusedName(_ name: String, _ shellNames: [[UInt8]], _ taken: inout Set<String>) -> String {
        var number = 1
        while true {
            let prefix = number == 1 ? "" : "ARG_"
            let text = prefix + name + (number <= 2 ? "" : "_\(number - 1)")
            let isOwn = text.hasPrefix("STACKER_")
            if !isOwn, !begins(shellNames, with: Array(text.utf8)), taken.insert(text).inserted { return text }
            number += 1
        }
    }

    private static func begins(_ sorted: [[UInt8]], with prefix: [UInt8]) -> Bool {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = low + (high - low) / 2
            if sorted[middle].lexicographicallyPrecedes(prefix) { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low].starts(with: prefix)
    }
}
