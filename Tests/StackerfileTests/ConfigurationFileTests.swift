import Diagnostics
import Stackerfile
import Testing

@Suite struct `A configuration file` {
    @Test(arguments: [
        ("", ConfigurationFile()),
        ("# nothing\n", ConfigurationFile()),
        ("~\n", ConfigurationFile()),
        ("{}\n", ConfigurationFile()),
        (
            "work_dir: /w\nstacker_dir: s\noci_dir: 'o o'\nrootfs_dir: \"r\"\n",
            ConfigurationFile(workDirectory: "/w", stackerDirectory: "s", ociDirectory: "o o", rootsDirectory: "r")
        ),
        ("oci_dir:\nrootfs_dir: ''\n", ConfigurationFile()),
        ("colour: [blue]\noci_dir: o\n5: x\n", ConfigurationFile(ociDirectory: "o")),
        ("x: &d /w\nwork_dir: *d\n", ConfigurationFile(workDirectory: "/w")),
    ])
    func `names directories, and may hold what it likes beside them`(
        _ text: String, _ expected: ConfigurationFile
    ) throws {
        #expect(try ConfigurationFile.parse(Array(text.utf8), file: "conf.yaml") == expected)
    }

    @Test(arguments: [
        ("- a\n", "conf.yaml:1:1"), ("oci_dir: [a]\n", "conf.yaml:1:10"), ("oci_dir: a\noci_dir: b\n", "conf.yaml:2:1"),
        ("oci_dir: \"a\\nb\"\n", "conf.yaml:1:10"), ("oci_dir: 'a\n", "conf.yaml:"), ("a: *b\n", "conf.yaml:1:4"),
        ("\t- a: b\n", "conf.yaml:1:1"),
    ])
    func `that is wrong is refused with its place`(_ text: String, _ place: String) {
        let errors = #expect(throws: StackerfileErrors.self) {
            try ConfigurationFile.parse(Array(text.utf8), file: "conf.yaml")
        }
        #expect(errors?.description.contains(place) == true, "\(errors?.description ?? "-")")
    }

    @Test func `has a limit`() {
        var limits = Limits()
        limits.stackerfileBytes = 10
        let errors = #expect(throws: StackerfileErrors.self) {
            try ConfigurationFile.parse(Array("oci_dir: ooo".utf8), file: "c", limits: limits)
        }
        #expect(errors?.explanation.errorClass == .limit)
    }
}
