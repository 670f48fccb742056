import ArgumentParser
import Diagnostics
import Stackerfile
import SystemPackage
import Testing

@testable import stacker

@Suite struct `The configuration` {
    @Test(
        arguments: [
            (nil, nil, nil), ("/x", "/h", "/x/conf.yaml"), (nil, "/h", "/h/.config/stacker/conf.yaml"),
            ("", "/h", "/h/.config/stacker/conf.yaml"), ("rel", "/h", "/h/.config/stacker/conf.yaml"), ("rel", "", nil),
            (nil, "rel", nil),
        ] as [(ByteString?, ByteString?, FilePath?)])
    func `is in its default place`(_ configHome: ByteString?, _ home: ByteString?, _ path: FilePath?) {
        #expect(Configuration.defaultPath(configHome: configHome, home: home) == path)
    }

    @Test func `gives way to flags, and is not put under the work directory`() throws {
        let file = ConfigurationFile(workDirectory: "/w", stackerDirectory: "s", ociDirectory: "o")
        let options = try GlobalOptions.parse(["--oci-dir=flag"])
        #expect(DirectoryChoice(options, file) == DirectoryChoice(work: "/w", stacker: "s", oci: "flag", roots: nil))
        let other = try GlobalOptions.parse(["--work-dir=/v", "--roots-dir=r"])
        #expect(DirectoryChoice(other, file) == DirectoryChoice(work: "/v", stacker: "s", oci: "o", roots: "r"))
    }
}
