import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// The examples are built as their readers would build them.
@Suite(.requiresSubordinateIds, .requiresTool("busybox"), .requiresTool("tar"))
struct ExampleTests {
    /// A project that holds the files of an example, built; `base` is the name of the archive that the example starts from.
    private static func built(_ name: String, base: String?) throws -> Project {
        let project = try Project()
        let folder = Checkout.path.appending("examples/\(name)")
        let copied = try project.run("/bin/cp", "-R", ByteString("\(folder)/."), ".")
        try #require(copied.exitCode == 0, "\(copied.stderrText)")
        if let base {
            let made = try project.run(Checkout.path.appending("examples/hello/make-base"), ByteString(base))
            try #require(made.exitCode == 0, "\(made.stderrText)")
        }
        try build(project)
        return project
    }

    private static func build(_ project: Project) throws {
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
    }

    private static func builtHello() throws -> Project { try built("hello", base: "hello-base.tar") }

    @Test func helloIsBuiltAsItsFileSays() throws {
        let project = try Self.builtHello()
        let layer = try #require(try project.layers("hello").last)
        let members = try project.members(layer)
        #expect(members["usr/bin/hello"]?.hasSuffix(" 0/0") == true, "\(members)")
        #expect(members["usr/bin/passwd"] == "-rwsr-xr-x 0/0")
        #expect(members["home/guest/"]?.hasSuffix(" 1000/1000") == true)
        #expect(members["usr/share/left-over/"] == nil)
    }

    @Test func filesAreAddedAsTheExampleSays() throws {
        let project = try Project()
        let folder = Checkout.path.appending("examples/added-files")
        for name in ["stacker.yaml", "notes.txt", "root/etc/motd"] {
            try project.write(name, String(contentsOfFile: folder.appending(name).string, encoding: .utf8))
        }
        let base = try project.run(Checkout.path.appending("examples/hello/make-base"), "base.tar")
        try #require(base.exitCode == 0, "\(base.stderrText)")
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let layers = try project.layers("show")
        try #require(layers.count == 4)
        #expect(try project.members(layers[1])["etc/motd"] == "-rw-r--r-- 0/0")
        #expect(try project.members(layers[2])["usr/bin/show"] == "-rwxr-xr-x 0/0")
        #expect(try project.members(layers[3])["srv/notes"] == "-rw------- 1000/1000")
    }

    @Test(.requiresUser, .requiresTool("umoci"), .requiresTool("crun"))
    func helloRunsInARuntimeThatKnowsNothingOfStacker() throws {
        let project = try Self.builtHello()
        let run = try project.run(Checkout.path.appending("scripts/run-image"), "oci:hello")
        #expect(run.exitCode == 0, "\(run.stderrText)")
        #expect(run.stdoutText.contains("Hello, world! This is uid 0 in an image that stacker built.\n"))
        #expect(run.stdoutText.hasSuffix("/usr/bin/passwd kept its setuid bit, and /usr/share/left-over is gone.\n"))
    }

    @Test func theFamilySharesALayerAndPutsOutTwoImages() throws {
        let project = try Self.built("family", base: "base.tar")
        let index = try project.json("oci/index.json")["manifests"] as? [[String: Any]] ?? []
        let tags = index.map { ($0["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"] }
        #expect(tags == ["web", "worker"])
        let (web, worker) = (try project.layers("web"), try project.layers("worker"))
        #expect(web.count == 2 && worker.count == 2 && web[0] == worker[0])
        #expect(try project.members(web[0])["srv/"] == "drwxr-xr-x 900/900")
        #expect(try project.members(web[1])["srv/www/index.html"] != nil)
        #expect(try project.members(worker[1])["usr/bin/worker"] == "-rwxr-xr-x 0/0")
    }

    @Test func labelsAreMadeByTheImage() throws {
        let project = try Self.built("labels", base: "base.tar")
        let configuration = try project.configuration("labels")["config"] as? [String: Any]
        let labels = try #require(configuration?["Labels"] as? [String: String])
        #expect(labels["org.opencontainers.image.version"] == "1.4.2")
        #expect(labels["org.opencontainers.image.title"] == "labels")
        #expect(labels["org.example.applets"].flatMap { Int($0) }.map { $0 > 50 } == true, "\(labels)")
    }

    @Test(.requiresDebianBase) func theServiceOnDebianIsAsRootWouldHaveLeftIt() throws {
        let project = try Project()
        let folder = Checkout.path.appending("examples/debian")
        let copied = try project.run("/bin/cp", "-R", ByteString("\(folder)/."), ".")
        try #require(copied.exitCode == 0, "\(copied.stderrText)")
        try #require(try project.run("/bin/cp", ByteString(Host.debianBase.string), "debian.tar").exitCode == 0)
        try Self.build(project)
        let members = try project.members(try #require(try project.layers("service").last))
        let home = try #require(members["var/lib/counter/"])
        let user = try #require(home.split(separator: " ").last)
        #expect(user != "0/0")
        #expect(members["usr/local/bin/as-counter"] == "-rwsr-xr-x \(user)")
        #expect(members["usr/local/bin/counter"] == "-rwxr-xr-x 0/0")
        let configuration = try project.configuration("service")["config"] as? [String: Any]
        #expect(configuration?["User"] as? String == "counter")
    }

    private static func expectStatic(_ project: Project) throws {
        var files: [String] = []
        for layer in try project.layers("static") {
            let listing = try project.run("/usr/bin/tar", "-tf", ByteString(project.blob(layer)))
            files += listing.stdoutText.split(separator: "\n").map(String.init).filter { !$0.hasSuffix("/") }
        }
        #expect(files.sorted() == ["bin/cat", "etc/greeting"])
    }

    @Test func aStaticProgramIsAllThatIsInItsImage() throws {
        let project = try Self.built("static", base: "base.tar")
        try Self.expectStatic(project)
    }

    @Test(.requiresUser, .requiresTool("umoci"), .requiresTool("crun"))
    func aStaticProgramRunsWithNothingAroundIt() throws {
        let project = try Self.built("static", base: "base.tar")
        let run = try project.run(Checkout.path.appending("scripts/run-image"), "oci:static")
        #expect(run.exitCode == 0, "\(run.stderrText)")
        #expect(run.stdoutText.hasSuffix("This image holds two files.\n"), "\(run.stdoutText)")
    }
}
