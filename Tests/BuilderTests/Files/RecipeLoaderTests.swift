import Diagnostics
import Glibc
import LinuxSystem
import Stackerfile
import SystemPackage
import TestSupport
import Testing

@testable import Builder

/// Reports nothing.
private struct Silence: BuildReporter {
    let interval: Duration? = nil
    let drawsBelowOutput = false
    let logsActivities = false
    func report(_ event: BuildEvent) {}
    func write(_ output: [UInt8]) {}
}

@Suite struct RecipeLoaderTests {
    private func load(_ paths: FilePath..., limits: Limits = Limits()) throws -> BuildFiles {
        let directories = Directories(stacker: "/nowhere/s", oci: "/nowhere/o", roots: "/nowhere/r")
        var request = BuildRequest(
            sources: paths.map { .file($0) }, directories: directories, sourceDateEpoch: nil, log: Log(level: .error),
            reporter: Silence())
        request.limits = limits
        return try BuildFiles(request)
    }

    private func complaint(_ paths: FilePath..., limits: Limits = Limits()) -> String {
        do {
            for path in paths { _ = try load(path, limits: limits) }
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    private static func requiring(_ names: String...) -> String {
        "config: {prerequisites: [\(names.map { "'\($0)'" }.joined(separator: ", "))]}\n"
    }

    @Test func `files are found from the directory of the one that names them`() throws {
        let project = try Project()
        let here = project.path
        try project.write("a/top.yaml", Self.requiring("../b/mid.yaml", "\(here)/low.yaml"))
        try project.write(
            "b/mid.yaml", Self.requiring("sub/./../../low.yaml", "sub/x.yaml") + "m: {from: {type: scratch}}")
        try project.write("b/sub/x.yaml", "x: {from: {type: scratch}}\n")
        try project.write("low.yaml", "l: {from: {type: scratch}}\n")
        let files = try load(here.pushing("a/top.yaml"))
        #expect(
            files.sources.map(\.name.description)
                == ["a/top.yaml", "b/mid.yaml", "low.yaml", "b/sub/x.yaml"].map { "\(here)/\($0)" })
        #expect(files.sources[1].directory == here.appending("b"))
        #expect(
            files.order == [
                "stacker build order:", "0 build \(here)/low.yaml: requires: []",
                "1 build \(here)/b/sub/x.yaml: requires: []",
                "2 build \(here)/b/mid.yaml: requires: [\(here)/low.yaml \(here)/b/sub/x.yaml]",
                "3 build \(here)/a/top.yaml: requires: [\(here)/b/mid.yaml \(here)/low.yaml]",
            ])
    }

    @Test func `a file that is reached in several ways is read once`() throws {
        let project = try Project()
        try project.write("low.yaml", "l: {from: {type: scratch}}\n")
        try project.write("dir/x", "")
        let links = try project.run("/bin/sh", "-c", "ln -s low.yaml link.yaml && ln -s dir/.. round")
        try #require(links.exitCode == 0)
        try project.write(
            "top.yaml", Self.requiring("low.yaml", "link.yaml", "dir/../low.yaml", "round/low.yaml", "./low.yaml"))
        let files = try load(project.path.appending("top.yaml"), project.path.appending("low.yaml"))
        #expect(files.sources.map(\.name) == ["top.yaml", "low.yaml"].map { ByteString("\(project.path)/\($0)") })
        #expect(files.graph.files[0].prerequisites == [1, 1, 1, 1, 1])
    }

    @Test func `what cannot be read is reported where it is named`() throws {
        let project = try Project()
        let made = try project.run(
            "/bin/sh", "-c", "mkdir dir && mkfifo pipe && ln -s loop loop && ln -s no/where dangling && : >empty")
        try #require(made.exitCode == 0)
        try project.write("long.yaml", String(repeating: "#", count: 2_000))
        try project.write(
            "top.yaml",
            """
            config:
              prerequisites:
              - missing.yaml
              - /no/where
              - dir
              - pipe
              - loop
              - dangling
              - empty
              - long.yaml
              - /dev/null

            """)
        var limits = Limits()
        limits.stackerfileBytes = 1_000
        let message = complaint(project.path.appending("top.yaml"), limits: limits)
        let top = "\(project.path)/top.yaml"
        for line in [
            "\(top):3:5: error: couldn't find prerequisite missing.yaml: there is no \(project.path)/missing.yaml",
            "\(top):4:5: error: couldn't find prerequisite /no/where",
            "\(top):5:5: error: prerequisite dir is not a regular file",
            "\(top):6:5: error: prerequisite pipe is not a regular file",
            "\(top):7:5: error: cannot read prerequisite loop: open \(project.path)/loop: Too many levels of symbolic links",
            "\(top):8:5: error: couldn't find prerequisite dangling: there is no \(project.path)/dangling",
            "\(project.path)/empty:1:1: error: the file has no layers",
            "\(top):10:5: error: prerequisite long.yaml is longer than 1000 bytes",
            "\(top):11:5: error: prerequisite /dev/null is not a regular file",
        ] { #expect(message.contains(line + "\n"), "\(line)\n\(message)") }
    }

    @Test func `errors of all files come at once`() throws {
        let project = try Project()
        try project.write("low.yaml", "l: {from: {type: nothing}}\n")
        try project.write("top.yaml", Self.requiring("low.yaml", "b.yaml", "no") + "o: {from: {type: scratch}}\n")
        try project.write("b.yaml", "b: [\n")
        let message = complaint(project.path.appending("top.yaml"))
        #expect(message.contains("low.yaml:1:18: error: unknown layer type: nothing"), "\(message)")
        #expect(message.contains("b.yaml:2:1: error: "), "\(message)")
        #expect(message.contains("couldn't find prerequisite no: "), "\(message)")
    }

    @Test func `a cycle through links is one`() throws {
        let project = try Project()
        try project.write("sub/a.yaml", Self.requiring("../link/b.yaml"))
        try project.write("sub/b.yaml", Self.requiring("a.yaml"))
        try #require(try project.run("/bin/ln", "-s", "sub", "link").exitCode == 0)
        let message = complaint(project.path.pushing("sub/a.yaml"))
        #expect(
            message.hasPrefix(
                "\(project.path)/link/b.yaml:1:26: error: prerequisites form a cycle: \(project.path)/link/b.yaml:1:26 -> "
                    + "\(project.path)/sub/a.yaml:1:26 -> \(project.path)/link/b.yaml\n"), "\(message)")
    }

    @Test func `the number of files and their bytes have a bound`() throws {
        let project = try Project()
        for number in 0..<20 { try project.write("f\(number)", Self.requiring("f\(number + 1)")) }
        try project.write("f20", "a: {from: {type: scratch}}\n")
        var limits = Limits()
        #expect(try load(project.path.appending("f0"), limits: limits).sources.count == 21)
        limits.stackerfiles = 21
        #expect(try load(project.path.appending("f0"), limits: limits).sources.count == 21)
        limits.stackerfiles = 20
        var message = complaint(project.path.appending("f0"), limits: limits)
        #expect(
            message.hasPrefix("\(project.path)/f19:1:26: error: this leads to more than 20 stacker files\n"),
            "\(message)")
        limits = Limits()
        limits.stackerfileBytesInAll = 400
        message = complaint(project.path.appending("f0"), limits: limits)
        #expect(message.contains("error: with this one the stacker files have more than 400 bytes\n"), "\(message)")
    }

    @Test func `ten thousand files in a row are refused, and not a crash`() throws {
        let project = try Project()
        let made = try project.run(
            "/bin/sh", "-c",
            "i=0; while [ $i -lt 10000 ]; do n=$((i + 1)); echo \"config: {prerequisites: [f$n]}\" >f$i; i=$n; done")
        try #require(made.exitCode == 0)
        let message = complaint(project.path.appending("f0"))
        #expect(message.contains("error: this leads to more than 4096 stacker files\n"), "\(message.prefix(1_000))")
    }
}
