import Diagnostics
import Testing

@testable import Stackerfile

@Suite struct `A recipe` {
    @Test func `holds everything that this version builds, in the order of the file`() throws {
        let recipe = try parse(
            """
            config:
              anything: ignored
            web:
              from:
                type: built
                tag: base
              imports:
                - ./files/
                - path: ../other
                  perms: ignored
              run:
                - "#!/bin/bash"
                - |
                  make
                  make install
              environment:
                ZED: last
                ALPHA: "first"
              labels: {version: 1.10}
              annotations:
                on: yes
              cmd: serve --name "a b"
              entrypoint: [/bin/env, -i]
              full_command:
              volumes: [/data, /logs]
              working_dir: /srv
              runtime_user: 1000
            base:
              from: {type: scratch}
            archive:
              from: {type: tar, url: ./root.tar}
              import: file
              run: true-ish
            """)
        #expect(recipe.images.map(\.name) == ["web", "base", "archive"])
        let web = try #require(recipe.images.first)
        #expect(web.base == .built("base"))
        #expect(web.baseMark.description == "6:10")
        #expect(web.nameMark == Mark(line: 3, column: 1, offset: 28))
        #expect(web.imports.map(\.path) == ["./files/", "../other"])
        #expect(web.run == ["#!/bin/bash", "make\nmake install\n"])
        #expect(web.environment.map(\.name) == ["ZED", "ALPHA"])
        #expect(web.environment.map(\.value) == ["last", "first"])
        #expect(web.labels.map(\.value) == ["1.1"])
        #expect(web.annotations.map(\.name) == ["true"])
        #expect(web.annotations.map(\.value) == ["true"])
        #expect(web.command == ["serve", "--name", "a b"])
        #expect(web.entrypoint == ["/bin/env", "-i"])
        #expect(web.fullCommand == nil)
        #expect(web.volumes == ["/data", "/logs"])
        #expect(web.workingDir == "/srv")
        #expect(web.runtimeUser == "1000")
        #expect(!web.usesLegacyImport)
        let archive = try #require(recipe.images.last)
        #expect(archive.base == .tar("./root.tar"))
        #expect(archive.imports.map(\.path) == ["file"])
        #expect(archive.run == ["true-ish"])
        #expect(archive.usesLegacyImport)
        #expect(
            recipe.warnings.map(\.message) == [
                "'perms' is no field of an import, and is ignored", "'import' is deprecated: use 'imports'",
            ])
    }

    @Test(arguments: [
        "run:", "run: []", "imports:", "import:", "environment:", "volumes: ~", "cmd: ~", "working_dir: ''",
    ])
    func `takes null as unset`(_ line: String) throws {
        let recipe = try parse("a:\n  from: {type: scratch}\n  \(line)\n")
        let plain = try parse("a:\n  from: {type: scratch}\n")
        #expect(recipe.images.first == plain.images.first)
    }

    @Test func `takes what concerns the kind of image`() throws {
        let image = try #require(
            try parse(
                """
                a:
                  from: {type: scratch}
                  generate_labels: [one, two]
                  build_only: yes
                  os: linux
                  arch: 386
                """, all: true
            ).images.first)
        #expect(image.generateLabels == ["one", "two"] && image.isBuildOnly)
        #expect(image.os == "linux" && image.architecture == "386")
    }

    @Test func `takes an empty platform as unset`() throws {
        let image = try #require(try parse("a: {from: {type: scratch}, os: '', arch: ''}").images.first)
        #expect(image.os == nil && image.architecture == nil)
    }

    @Test(arguments: [
        ("bom: {generate: true, packages: []}", "'bom' is deprecated and does nothing: it was removed"),
        ("bom:", nil), ("was_bom: false", nil), ("was_bom: true", "'was_bom' does nothing: remove it"),
        ("was_legacy_import: true", "'was_legacy_import' does nothing: remove it"),
    ])
    func `takes keys that do nothing, and says so`(_ line: String, _ warning: String?) throws {
        let recipe = try parse("a:\n  from: {type: scratch}\n  \(line)\n")
        #expect(recipe.warnings.map(\.message) == [warning].compactMap(\.self))
        #expect(recipe.warnings.allSatisfy { $0.mark.description == "3:3" })
    }

    @Test func `tells an empty command from an unset one`() throws {
        let recipe = try parse("a:\n  from: {type: scratch}\n  cmd: []\n  entrypoint: ''\n")
        #expect(recipe.images.first?.command == [])
        #expect(recipe.images.first?.entrypoint == [])
        #expect(recipe.images.first?.fullCommand == nil)
    }

    @Test func `keeps the bytes it was parsed from`() throws {
        let text = "# note\na: {from: {type: scratch}}\n"
        #expect(try parse(text).text == Array(text.utf8))
    }

    @Test func `may start with a byte order mark, which moves no column`() throws {
        let recipe = try parse("\u{feff}a: {from: {type: scratch}}\n")
        #expect(recipe.images.first?.nameMark == Mark(line: 1, column: 1, offset: 3))
    }

    @Test func `knows the other sources once they are supported`() throws {
        let recipe = try parse(
            """
            a: {from: {type: docker, url: "docker://alpine:3", insecure: yes}}
            b: {from: {type: oci, url: "layout:tag:more"}}
            c: {from: {type: docker, url: "docker://alpine:3"}}
            d: {from: {type: tar, url: "https://example.org/a.tar"}}
            """, all: true)
        #expect(
            recipe.images.map(\.base) == [
                .docker("docker://alpine:3", insecure: true), .oci("layout:tag:more"),
                .docker("docker://alpine:3", insecure: false), .tar("https://example.org/a.tar"),
            ])
    }

    @Test func `reads prerequisites as they are written`() throws {
        let text = "config:\n  prerequisites: [../a/stacker.yaml, b.yaml]\na: {from: {type: scratch}}\n"
        #expect(try parse(text).config.prerequisites.map(\.path) == ["../a/stacker.yaml", "b.yaml"])
    }
}
