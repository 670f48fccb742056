import Diagnostics
import Foundation
import Stackerfile
import SystemPackage
import TestSupport
import Testing

/// A stacker.yaml with a mistake, and the whole message about it, from a file in `Tests/Golden`.
///
/// A case is a line `== title`, lines `-- option`, the stacker.yaml, a line `>>`, and the message. Options: `substitute
/// NAME=VALUE`; `escaped`, where `\xNN` in the file stands for a byte. In values `\n` and `\xNN` always do.
struct GoldenCase: Sendable, CustomTestStringConvertible {
    var title: String
    var options: [String]
    var text: String
    var message: String

    var testDescription: String { title }

    static let folder = Checkout.path.appending("Tests/Golden")
    static let topics = ["yaml", "top", "bases", "directives", "imports", "substitution", "several"]

    static func cases(_ topic: String) throws -> [GoldenCase] {
        let text = try String(contentsOfFile: folder.appending("\(topic).txt").string, encoding: .utf8)
        return text.components(separatedBy: "== ").dropFirst().map { part in
            var lines = part.components(separatedBy: "\n")
            let title = lines.removeFirst()
            var options: [String] = []
            while lines.first?.hasPrefix("-- ") == true { options.append(String(lines.removeFirst().dropFirst(3))) }
            let end = lines.firstIndex(of: ">>") ?? lines.count
            let message = lines.dropFirst(end + 1).joined(separator: "\n")
            return GoldenCase(
                title: title, options: options, text: lines[..<end].map { "\($0)\n" }.joined(),
                message: message.hasSuffix("\n") ? String(message.dropLast()) : message)
        }
    }

    /// The case as its file has it.
    var source: String {
        "== \(title)\n" + options.map { "-- \($0)\n" }.joined() + "\(text)>>\n\(message)\n"
    }

    var bytes: [UInt8] { options.contains("escaped") ? Self.unescape(text) : Array(text.utf8) }

    /// What `stacker build` prints for it on standard error.
    func actual() throws -> String {
        var substitutions = Substitutions()
        for option in options where option.hasPrefix("substitute ") {
            try substitutions.add(ByteString(Self.unescape(String(option.dropFirst(11)))), from: "--substitute")
        }
        do throws(StackerfileErrors) {
            let recipe = try StackerfileParser.parse(bytes, file: "stacker.yaml", substitutions: substitutions)
            _ = try recipe.buildOrder()
            return ""
        } catch {
            return DiagnosticFormat.text.render(error.explanation)
        }
    }

    private static func unescape(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "n") {
                rest.removeFirst()
                bytes.append(0x0a)
            } else if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "x"),
                let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                rest = rest.dropFirst(3)
                bytes.append(value)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}
