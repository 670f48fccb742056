import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Results that are gone, damaged or forged: each is made again with a reason, and none is an error or a wrong image.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct DamagedCacheTests {
    private static let epoch: ByteString = "SOURCE_DATE_EPOCH=1700000000"

    private func built() throws -> Project {
        let project = try CacheTests.project()
        let build = try project.stacker("build", environment: [Self.epoch])
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        return project
    }

    /// Builds again, and expects the same images; returns what was said.
    private func rebuild(_ project: Project, _ expected: [String]) throws -> String {
        let build = try project.stacker("build", environment: [Self.epoch])
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(try project.tags().map(\.digest) == expected)
        for tag in try project.tags().map(\.name) {
            for digest in try project.layers(tag) {
                let sum = try project.run("/usr/bin/sha256sum", ByteString(project.blob(digest))).stdoutText.prefix(64)
                #expect("sha256:\(sum)" == digest)
            }
        }
        let again = try project.stacker("build", environment: [Self.epoch])
        #expect(!again.stderrText.contains("built successfully"), "\(again.stderrText)")
        return build.stderrText
    }

    private func entries(_ project: Project) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/.stacker/cache/v1")
            .filter { $0 != "names" }.sorted()
    }

    @Test func tornRecordsAreNone() throws {
        let project = try built()
        let tags = try project.tags().map(\.digest)
        for name in try entries(project) {
            let path = URL(fileURLWithPath: "\(project.path)/.stacker/cache/v1/\(name)")
            let bytes = try Data(contentsOf: path)
            try bytes.prefix(bytes.count / 2).write(to: path)
        }
        let text = try rebuild(project, tags)
        #expect(text.contains("cache miss because the cached result is gone or damaged"))
    }

    /// The records of one project under the names of another's: right in form, and about something else.
    @Test func recordsOfSomethingElseGiveNoWrongImage() throws {
        let project = try built()
        let tags = try project.tags().map(\.digest)
        let folder = "\(project.path)/.stacker/cache/v1"
        let names = try entries(project).filter { $0.utf8.count == 64 }
        let contents = try names.map { try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)")) }
        for (place, name) in names.enumerated() {
            try contents[(place + 1) % contents.count].write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        _ = try rebuild(project, tags)
    }

    @Test func whatIsNoFileIsNoRecord() throws {
        let project = try built()
        let tags = try project.tags().map(\.digest)
        let folder = "\(project.path)/.stacker/cache/v1"
        for (place, name) in try entries(project).enumerated() {
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
            if place % 2 == 0 {
                try FileManager.default.createDirectory(atPath: "\(folder)/\(name)", withIntermediateDirectories: false)
                try project.write(".stacker/cache/v1/\(name)/inside", "")
            } else {
                try FileManager.default.createSymbolicLink(
                    atPath: "\(folder)/\(name)", withDestinationPath: "/etc/passwd")
            }
        }
        _ = try rebuild(project, tags)
    }

    enum Damage: String, CaseIterable, Sendable { case missing, short, flipped, flippedInPlace }

    @Test(arguments: Damage.allCases) func aDamagedLayerIsMadeAgain(_ damage: Damage) throws {
        let project = try built()
        let tags = try project.tags().map(\.digest)
        let layer = try #require(try project.layers("app").last)
        let name = layer.dropFirst("sha256:".count)
        let places = [".stacker/blobs/sha256/\(name)", project.blob(layer)]
        var bytes = try Data(contentsOf: URL(fileURLWithPath: "\(project.path)/\(places[0])"))
        bytes[bytes.count / 2] ^= 0x10
        if damage == .flippedInPlace {
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: "\(project.path)/\(places[0])"))
            try file.write(contentsOf: bytes)
            try file.close()
        } else {
            for place in places {
                try FileManager.default.removeItem(atPath: "\(project.path)/\(place)")
                if damage == .missing { continue }
                try (damage == .short ? bytes.prefix(100) : bytes).write(
                    to: URL(fileURLWithPath: "\(project.path)/\(place)"))
            }
        }
        let text = try rebuild(project, tags)
        #expect(text.contains("cache miss because its layer \(layer) is gone or damaged"), "\(text)")
    }

    /// Documents need no step: they are written again.
    @Test func damagedDocumentsAreWrittenAgain() throws {
        let project = try built()
        let tags = try project.tags()
        let app = try #require(tags.first { $0.name == "app" }?.digest.dropFirst("sha256:".count))
        for place in [".stacker/blobs/sha256/\(app)", "oci/blobs/sha256/\(app)"] {
            try FileManager.default.removeItem(atPath: "\(project.path)/\(place)")
            try project.write(place, "{}")
        }
        let text = try rebuild(project, tags.map(\.digest))
        #expect(text.contains("found cached files of app, writing its configuration anew"), "\(text)")
    }

    @Test func anOutputThatWasRemovedIsPutThereAgain() throws {
        let project = try built()
        let tags = try project.tags().map(\.digest)
        try FileManager.default.removeItem(atPath: "\(project.path)/oci")
        let text = try rebuild(project, tags)
        #expect(!text.contains("built successfully"), "\(text)")
    }

    @Test func directoriesOfImagesOnlyForBuildingAreMadeAgain() throws {
        let project = try built()
        let tags = try project.tags().map(\.digest)
        let roots = "\(project.path)/roots/tools"
        // Somebody puts another layer in the place of this one, mark and all.
        let mark = try Data(contentsOf: URL(fileURLWithPath: "\(roots)/boot-id"))
        try FileManager.default.removeItem(atPath: "\(roots)/boot-id")
        try mark.write(to: URL(fileURLWithPath: "\(roots)/boot-id"))
        let text = try rebuild(project, tags)
        #expect(text.contains("cache miss because what it left in \(project.path)/roots is gone or was changed"))
        #expect(text.contains("filesystem tools built successfully"), "\(text)")
    }

    /// Other directories are only needed by a step, and come back from their blobs.
    @Test func otherDirectoriesAreUnpackedAgainWhenTheyAreNeeded() throws {
        let project = try built()
        let base = try #require(try project.layers("base").first).replacingOccurrences(of: ":", with: "_")
        let removed = try project.run("/bin/rm", "-rf", ByteString("roots/\(base)"))
        try #require(removed.exitCode == 0, "\(removed.stderrText)")
        let found = try project.stacker("build", environment: [Self.epoch])
        #expect(!found.stderrText.contains("built successfully"), "\(found.stderrText)")
        try project.write("file", "two\n")
        let build = try project.stacker("build", environment: [Self.epoch])
        #expect(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        #expect(FileManager.default.fileExists(atPath: "\(project.path)/roots/\(base)/overlay/bin/busybox"))
    }

    /// A downloaded project may ship such a link.
    @Test func aLinkInPlaceOfTheCacheIsNotFollowed() throws {
        let project = try CacheTests.project()
        try project.write("elsewhere/letter", "keep me\n")
        try FileManager.default.createDirectory(
            atPath: "\(project.path)/.stacker", withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o700])
        try FileManager.default.createSymbolicLink(
            atPath: "\(project.path)/.stacker/cache", withDestinationPath: "../elsewhere")
        for command: ByteString in ["build", "build", "gc"] {
            let run = try project.stacker(command)
            #expect(run.exitCode == 0 && !run.stderrText.contains("found cached"), "\(run.stderrText)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/elsewhere") == ["letter"])
        try FileManager.default.removeItem(atPath: "\(project.path)/.stacker/cache")
    }

    @Test func aSourceThatChangesWhileItIsBuiltIsBuiltAgain() throws {
        let project = try CacheTests.project(
            """
            app:
              from: {type: tar, url: base.tar}
              imports: [file]
              run: sleep 3; cat /stacker/imports/file
            """)
        let script = "(sleep 1; echo later > file) & \(Program.built("stacker")) build; wait"
        let build = try project.run("/bin/sh", "-c", ByteString(script))
        #expect(build.exitCode == 0, "\(build.stderrText)")
        #expect(build.stderrText.contains("file was changed while \"app\" was built"), "\(build.stderrText)")
        let second = try project.stacker("build")
        #expect(second.stdoutText.contains("later"), "\(second.stderrText)")
    }
}
