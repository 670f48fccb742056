import Diagnostics
import Testing

@testable import Builder

@Suite struct CanonicalBytesTests {
    private func bytes(_ kind: String = "kind", _ body: (inout CanonicalBytes) -> Void) -> [UInt8] {
        var bytes = CanonicalBytes(kind)
        body(&bytes)
        return bytes.bytes
    }

    @Test func noValuesCanBeTakenForOthers() {
        let all = [
            bytes { _ in }, bytes("kin") { $0.add("d", "") },
            bytes { $0.add("a", "b") }, bytes { $0.add("ab", "") }, bytes { $0.add("a", nil as String?) },
            bytes { $0.add("a", "") }, bytes { $0.add("a", ["b"] + ["c"]) }, bytes { $0.add("a", ["bc"]) },
            bytes { $0.add("a", ["b", "", "c"]) }, bytes { $0.add("a", [[]]) },
            bytes {
                $0.add("a", "b")
                $0.add("c", "d")
            },
            bytes {
                $0.add("c", "d")
                $0.add("a", "b")
            },
            bytes { $0.add("a", optional: nil) }, bytes { $0.add("a", optional: []) },
            bytes { $0.add("a", optional: [""]) },
        ]
        // An empty value and a list of one empty value are the same thing.
        #expect(Set(all).count == all.count - 1)
    }

    @Test func theSpellingIsFixed() {
        let expected: [UInt8] =
            [1, 0, 0, 0, 0, 0, 0, 0, 0x6b, 1, 0, 0, 0, 0, 0, 0, 0, 0x61]
            + [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x2d, 0x31]
        #expect(bytes("k") { $0.add("a", -1) } == expected)
    }
}
