import Diagnostics
import Foundation
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct FileTreeTests {
    private static func shell(_ script: String, in path: FilePath) throws -> String {
        let result = try Program.run("/bin/sh", ["-ec", ByteString(script)], currentDirectory: path)
        guard result.exitCode == 0 else { throw Failure("the shell failed: \(result.stderrText)", causes: [script]) }
        return result.stdoutText
    }

    private static func copy(_ names: [ByteString], in path: FilePath, mirroring: Bool) throws {
        try FileTree.copy(
            names, from: try OwnedDescriptor.open(directory: path.appending("source")),
            into: try OwnedDescriptor.open(directory: path.appending("target")), mirroring: mirroring)
    }

    private static let list = "find . -printf '%P %y %m %s %T@ %l %n\\n' | sort; cat $(find . -type f | sort)"

    @Test func aCopyHasWhatItsSourceHas() throws {
        let place = try TemporaryDirectory()
        _ = try Self.shell(
            """
            mkdir -p target source/d/e; cd source; echo 1 > d/f; chmod 600 d/f; ln d/f d/e/g; ln -s /x d/l; chmod 500 d/e
            touch -d @1000 d/f d/e d
            """, in: place.path)
        try Self.copy(["d"], in: place.path, mirroring: false)
        // A link's own time is that of the copy.
        let list = Self.list.replacingOccurrences(of: "find . -printf", with: "find . ! -type l ! -name . -printf")
        #expect(
            try Self.shell("cd target; \(list)", in: place.path) == Self.shell("cd source; \(list)", in: place.path))
        #expect(throws: SystemError.self) { try Self.copy(["d"], in: place.path, mirroring: false) }
    }

    @Test func aMirrorKeepsWhatIsTheSameAndNothingElse() throws {
        let place = try TemporaryDirectory()
        _ = try Self.shell(
            """
            mkdir -p target source/d/kept source/d/new; cd source
            for file in same mode longer content kind hard owner; do echo 1 > d/$file; done; echo 1 > d/kept/f
            ln d/hard d/harder; ln -s a d/link; ln -s b d/other; touch -d @1000 d/same
            """, in: place.path)
        try Self.copy(["d"], in: place.path, mirroring: true)
        let before = try Self.shell("cd target/d; stat -c %i same mode kept/f", in: place.path)
        _ = try Self.shell(
            """
            cd source/d; chmod 640 mode; echo 22 > longer; echo 2 > content; rm kind; mkdir kind; ln -sfn c other
            touch -d @2000 same; cd ../../target/d; mkdir extra; echo > extra/x; echo > kept/gone; chmod 0 kept
            setfattr -n user.note -v x owner
            """, in: place.path)
        try Self.copy(["d"], in: place.path, mirroring: true)
        let list = Self.list.replacingOccurrences(of: "find . -printf", with: "find d ! -type l -printf")
            .replacingOccurrences(of: " %T@", with: "")
        #expect(
            try Self.shell("cd target; \(list)", in: place.path) == Self.shell("cd source; \(list)", in: place.path))
        #expect(
            try Self.shell("cd target/d; readlink link other; stat -c %Y same; getfattr owner", in: place.path)
                == "a\nc\n2000\n")
        let after = try Self.shell("cd target/d; stat -c %i same mode kept/f", in: place.path)
        #expect(before == after)
    }

    @Test func directoriesThatAreLeftOutAreNotCopied() throws {
        let place = try TemporaryDirectory()
        _ = try Self.shell("mkdir -p target source/d/out source/d/in; echo > source/d/out/f", in: place.path)
        let out = try OwnedDescriptor.open(directory: place.path.appending("source/d/out")).status().identity
        try FileTree.copy(
            ["d"], from: try OwnedDescriptor.open(directory: place.path.appending("source")),
            into: try OwnedDescriptor.open(directory: place.path.appending("target")), leavingOut: [out])
        #expect(try Self.shell("ls target/d", in: place.path) == "in\n")
    }
}
