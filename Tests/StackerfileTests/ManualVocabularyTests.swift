import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Stackerfile

@Suite struct `The manual page stacker.yaml(5)` {
    @Test func `explains every word that stacker reads`() throws {
        let page = try String(contentsOfFile: Checkout.path.appending("man/stacker.yaml.5").string, encoding: .utf8)
        let entries = page.split(separator: "\n").filter { $0.hasPrefix(".It Sy ") || $0.hasPrefix(".Sy ") }
        let explained = Set(
            entries.flatMap { $0.split { !($0.isLetter || $0 == "_") }.map(String.init) })
        let words =
            Vocabulary.directives + Vocabulary.sourceKeys + Vocabulary.sourceTypes + Vocabulary.importFields
            + Vocabulary.healthCheckFields
        // Internal words of the established stacker, and what only a registry needs.
        let known = Set(words).subtracting(Vocabulary.notSupportedYet).subtracting([
            "was_bom", "was_legacy_import", "insecure",
        ])
        #expect(known.subtracting(explained) == [])
    }
}
