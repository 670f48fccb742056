import Digests
import Diagnostics
import OCI
import Testing

@testable import Builder

/// The words for why an image is made again.
@Suite struct CacheMissTests {
    static func input(
        _ kind: AddedInput.Kind, _ path: ByteString, _ content: String, isDirectory: Bool = false, mode: UInt32? = nil
    ) -> AddedInput {
        AddedInput(
            kind: kind, path: path, name: path, destination: nil, mode: mode, user: nil, group: nil,
            content: Digest(of: Array(content.utf8)), isDirectory: isDirectory)
    }

    static func inputs(_ added: [AddedInput] = [], _ change: (inout LayerInputs) -> Void = { _ in }) -> InputsRecord {
        var inputs = LayerInputs(name: "app", platform: .host, base: ["a"], archive: nil, added: added)
        change(&inputs)
        return InputsRecord(inputs)
    }

    static func explain(
        _ old: InputsRecord, _ new: InputsRecord, verbose: Bool = false, changes: [ByteString]? = nil
    ) -> [String] {
        let miss = CacheMiss.explain(old, new, verbose: verbose) { _, _ in changes }
        return verbose ? miss.lines + miss.more : miss.lines
    }

    @Test func eachReasonHasItsWords() {
        let plain = Self.inputs()
        #expect(
            Self.explain(plain, Self.inputs { $0.script = "x" }) == ["cache miss because layer definition was changed"])
        #expect(Self.explain(plain, Self.inputs { $0.base = ["b"] }) == ["cache miss because base layer was changed"])
        #expect(
            Self.explain(plain, Self.inputs { $0.archive = "b" }) == ["cache miss because base layer was changed"])
        #expect(
            Self.explain(plain, Self.inputs { $0.sourceDateEpoch = 1 })
                == ["cache miss because SOURCE_DATE_EPOCH changed"])
        #expect(
            Self.explain(plain, Self.inputs([Self.input(.importForStep, "p", "1")]))
                == ["cache miss because of new import: p"])
        #expect(
            Self.explain(Self.inputs([Self.input(.importForStep, "p", "1")]), plain)
                == ["cache miss because of removed import: p"])
        #expect(
            Self.explain(
                Self.inputs([Self.input(.importForStep, "p", "1")]), Self.inputs([Self.input(.importAsLayer, "p", "1")])
            ).first == "cache miss because of removed import: p")
        #expect(
            Self.explain(
                Self.inputs([Self.input(.importForStep, "p", "1")]), Self.inputs([Self.input(.importForStep, "p", "2")])
            ) == ["cache miss because import content changed: p"])
        #expect(
            Self.explain(
                Self.inputs([Self.input(.importForStep, "p", "1", isDirectory: true)]),
                Self.inputs([Self.input(.importForStep, "p", "2", isDirectory: true)])
            ) == ["cache miss because import dir content changed: p"])
        #expect(
            Self.explain(
                Self.inputs([Self.input(.importForStep, "p", "1")]),
                Self.inputs([Self.input(.importForStep, "p", "2", isDirectory: true)])
            ) == ["cache miss because import type changed: p"])
        #expect(
            Self.explain(
                Self.inputs([Self.input(.importForStep, "p", "1")]),
                Self.inputs([Self.input(.importForStep, "p", "1", mode: 0o700)])
            ) == ["cache miss because layer definition was changed"])
        #expect(
            Self.explain(plain, Self.inputs([Self.input(.overlayDirectory, "d", "1", isDirectory: true)]))
                == ["cache miss because of new overlay_dir: d"])
        #expect(Self.explain(plain, plain) == ["cache miss because the cached result is gone or damaged"])
    }

    @Test func onlyDebugTellsEveryReason() {
        let (old, new) = (
            Self.inputs(),
            Self.inputs {
                $0.script = "x"
                $0.base = ["b"]
            }
        )
        #expect(Self.explain(old, new).count == 1)
        #expect(Self.explain(old, new, verbose: true).count == 2)
    }

    @Test func ofThreeOverlayDirectoriesTwoAreShown() {
        func overlays(_ content: String) -> InputsRecord {
            Self.inputs(["d1", "d2", "d3"].map { Self.input(.overlayDirectory, $0, content, isDirectory: true) })
        }
        #expect(
            Self.explain(overlays("1"), overlays("2"), changes: ["sub/file"]) == [
                "cache miss because content of 3 overlay dirs changed:", "Changed overlay_dir: d1",
                "Contents that changed:", "d1/sub/file", "Changed overlay_dir: d2", "Contents that changed:",
                "d2/sub/file", "and 1 other overlay_dirs. use --debug for complete output",
            ])
        let all = Self.explain(overlays("1"), overlays("2"), verbose: true)
        #expect(all.contains("Changed overlay_dir: d3") && !all.contains { $0.hasPrefix("and ") })
    }

    @Test func theOrderOfOverlayDirectoriesCounts() {
        let directories = ["d1", "d2"].map { Self.input(.overlayDirectory, $0, "1", isDirectory: true) }
        #expect(
            Self.explain(Self.inputs(directories), Self.inputs(directories.reversed()))
                == ["cache miss because layer definition was changed"])
    }

    @Test func aRecordIsReadAsItWasWritten() throws {
        let record = Self.inputs([Self.input(.importForStep, ByteString([0x61, 0xff]), "1")]) { $0.sourceDateEpoch = 7 }
        let json = try StrictJSON.parse(record.json.bytes, limits: Limits())
        #expect(InputsRecord(json) == record)
    }
}
