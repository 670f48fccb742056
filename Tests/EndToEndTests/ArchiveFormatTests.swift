import Diagnostics
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Bases that are no plain tar, made by the programs that people make them with.
@Suite(
    .requiresSubordinateIds, .requiresTool("bsdtar"), .requiresTool("cpio"), .requiresTool("zip"), .requiresTool("xz"),
    .requiresTool("bzip2"), .requiresTool("lz4"))
struct ArchiveFormatTests {
    /// What a format keeps of a tree, beside names, kinds, contents, times in seconds and symbolic links.
    struct Kept: OptionSet {
        let rawValue: Int
        static let hardLinks = Kept(rawValue: 1)
        static let pipes = Kept(rawValue: 2)
        static let setID = Kept(rawValue: 4)
        static let everything: Kept = [.hardLinks, .pipes, .setID]
    }

    struct Format: CustomTestStringConvertible, Sendable {
        let name: String
        /// Packs the working directory, to standard output.
        let command: String
        let keeps: Kept

        var testDescription: String { name }
    }

    private static let list = "find . -mindepth 1 | LC_ALL=C sort"
    static let formats = [
        Format(name: "tar.xz", command: "tar -c . | xz", keeps: .everything),
        Format(name: "tar.bz2", command: "tar -c . | bzip2", keeps: .everything),
        Format(name: "tar.lz4", command: "tar -c . | lz4 -q", keeps: .everything),
        Format(name: "tar.lzma", command: "tar -c . | xz --format=lzma", keeps: .everything),
        Format(name: "tar.Z", command: "bsdtar -cZf - .", keeps: .everything),
        Format(name: "cpio", command: "\(list) | cpio --quiet -o -H newc", keeps: .everything),
        Format(name: "odc.cpio", command: "\(list) | cpio --quiet -o -H odc", keeps: .everything),
        Format(name: "cpio.gz", command: "\(list) | cpio --quiet -o -H newc | gzip", keeps: .everything),
        Format(name: "cpio.xz", command: "\(list) | cpio --quiet -o -H newc | xz", keeps: .everything),
        Format(name: "zip", command: "zip -qry - . -x ./pipe", keeps: .setID),
        Format(name: "7z", command: "bsdtar --format=7zip -cf - .", keeps: [.pipes, .setID]),
        Format(name: "xar", command: "bsdtar --format=xar -cf - .", keeps: [.hardLinks, .pipes]),
    ]

    /// Makes `tree`, and what the base named `name` is made from.
    private func project(_ format: Format) throws -> Project {
        let name = "base.\(format.name)"
        let project = try Project("app:\n  from: {type: tar, url: \(name)}\n")
        try shell(
            """
            mkdir -p tree/bin tree/deep/down; cd tree
            head -c 300000 /dev/urandom | base64 >bin/tool; chmod 0755 bin/tool; ln bin/tool deep/same
            ln -s ../bin/tool deep/link; echo "\u{fc}\u{df}" >'deep/down/\u{fc}ml\u{e4}ut'; : >empty; chmod 0640 empty
            cp empty set; chmod 4755 set; mkfifo pipe
            find . -exec touch -h -d @1000000000 {} +
            \(format.command) >../\(name)
            """, in: project)
        return project
    }

    @discardableResult
    private func shell(_ script: String, in project: Project) throws -> String {
        let run = try project.run("/bin/sh", "-ec", ByteString(script))
        guard run.exitCode == 0 else { throw Failure("the shell failed: \(run.stderrText)", causes: [script]) }
        return run.stdoutText
    }

    /// The tree's names, kinds, permissions, times, link targets and contents, as far as the format keeps them.
    private func listing(of folder: String, _ kept: Kept, in project: Project) throws -> String {
        let mode = kept.contains(.setID) ? "%m" : "%M"
        let links = kept.contains(.hardLinks) ? "%n" : "-"
        let list = try shell(
            """
            cd \(folder); find . -mindepth 1 ! -type p -printf '%P|%y|\(mode)|%Ts|%l|%s|\(links)\\n' | LC_ALL=C sort
            \(kept.contains(.pipes) ? "find . -type p -printf '%P|%m\\n'" : "")
            find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
            """, in: project)
        // A directory's length is the file system's.
        let lines = list.split(separator: "\n").map { line in
            line.contains("|d|") ? Substring(line.split(separator: "|").prefix(4).joined(separator: "|")) : line
        }
        let text = lines.joined(separator: "\n")
        return kept.contains(.setID) ? text : text.replacingOccurrences(of: "rws", with: "rwx")
    }

    @Test(arguments: formats)
    func aBaseInAnotherFormatGivesTheSameTree(_ format: Format) throws {
        let project = try project(format)
        let build = try project.stacker("build")
        try #require(build.exitCode == 0, "\(build.stderrText)\(build.stdoutText)")
        let layers = try project.layers("app")
        try #require(layers.count == 1)
        try shell("mkdir out; tar -xpzf \(project.blob(layers[0])) -C out", in: project)
        #expect(
            try listing(of: "out", format.keeps, in: project) == listing(of: "tree", format.keeps, in: project))
        let owners = Set(try project.members(layers[0]).values.compactMap { $0.split(separator: " ").last })
        #expect(format.keeps == [.pipes, .setID] || Host.isRoot == (owners == ["0/0"]), "\(owners)")
    }

    @Test(arguments: formats)
    func aBaseThatIsCutShortIsAnErrorNotAShortTree(_ format: Format) throws {
        let project = try project(format)
        try shell("truncate -s -150000 base.\(format.name)", in: project)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("error: cannot build \"app\": unpack base.\(format.name): "))
        #expect(!build.stderrText.contains("the worker ended"), "\(build.stderrText)")
        #expect(!FileManager.default.fileExists(atPath: "\(project.path)/oci/blobs/sha256/x"))
        #expect(try project.json("oci/index.json")["manifests"] as? [String] == [])
    }

    @Test(arguments: formats.filter { !$0.name.hasSuffix("cpio") })
    func aBaseThatIsDamagedIsAnError(_ format: Format) throws {
        let project = try project(format)
        try shell(
            "head -c 64 /dev/urandom | dd of=base.\(format.name) bs=1 seek=100000 conv=notrunc status=none",
            in: project)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1, "\(build.stderrText)")
        #expect(!build.stderrText.contains("the worker ended"), "\(build.stderrText)")
    }

    @Test(arguments: ["echo hello", "head -c 5000 /dev/urandom", "printf '' | xz", "head -c 5000 /dev/urandom | gzip"])
    func whatIsNoArchiveAtAllIsRefused(_ command: String) throws {
        let project = try Project("app:\n  from: {type: tar, url: thing}\n")
        try shell("\(command) >thing", in: project)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("unpack thing: "), "\(build.stderrText)")
        #expect(build.stderrText.contains("hint: give a tar archive, or another format"), "\(build.stderrText)")
    }

    /// The checks on names are those for every tar: they do not depend on who read the archive.
    @Test func aNameThatLeavesTheTreeIsRefusedInEveryFormat() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.cpio}\n")
        try shell(
            "echo x >outside; mkdir in; cd in; echo ../outside | cpio --quiet -o -H newc >../base.cpio", in: project)
        let build = try project.stacker("build")
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("the name goes up with \"..\""), "\(build.stderrText)")
    }

    /// A link first, then a file through it: the file must land inside of the tree.
    @Test func aLinkDoesNotLeadOutOfTheTree() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.zip}\n")
        try shell(
            """
            mkdir one two elsewhere; ln -s \(project.path)/elsewhere one/d; mkdir two/d; echo x >two/d/f
            (cd one; zip -qry ../base.zip d); (cd two; zip -qr ../other.zip d/f)
            cd two; zip -qg ../base.zip d/f
            """, in: project)
        _ = try project.stacker("build")
        #expect(try FileManager.default.contentsOfDirectory(atPath: "\(project.path)/elsewhere").isEmpty)
    }

    @Test func aPipeIsReadOnceWhichIsEnoughForATarOnly() throws {
        let project = try Project("app:\n  from: {type: tar, url: pipe}\n")
        try shell("mkdir tree; touch tree/f; cd tree; zip -q ../base.zip f; mkfifo ../pipe", in: project)
        let build = try project.run(
            "/bin/sh", "-c", ByteString("cat base.zip >pipe & \(Program.built("stacker")) build"))
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("it can be read only once"), "\(build.stderrText)")
    }

    /// A mount in a namespace of its own hides the library from this build alone.
    @Test(.requiresRoot, .requiresTool("unshare")) func aMissingLibraryIsNamedWithItsPackage() throws {
        let project = try Project("app:\n  from: {type: tar, url: base.zip}\n")
        try shell("mkdir tree; touch tree/f; cd tree; zip -q ../base.zip f", in: project)
        let build = try project.run(
            "/usr/bin/unshare", "--mount", "/bin/sh", "-c",
            ByteString(
                """
                library=$(ldconfig -p | sed -n 's/.*libarchive.so.13 .*=> //p')
                mount --bind /dev/null "$(readlink -f "$library")" && \(Program.built("stacker")) build
                """))
        #expect(build.exitCode == 1)
        #expect(build.stderrText.contains("needs libarchive: cannot open libarchive.so.13: "), "\(build.stderrText)")
        #expect(build.stderrText.contains("\n  hint: install libarchive (package libarchive13 with apt"))
    }

    /// Being linked to it would cost every start, and put its code where no jail is.
    @Test func libarchiveIsNotLoadedBeforeItIsNeeded() throws {
        let run = try Program.run("/usr/bin/ldd", [ByteString(Program.built("stacker").string)])
        #expect(run.exitCode == 0)
        #expect(!run.stdoutText.contains("libarchive"), "\(run.stdoutText)")
    }
}
