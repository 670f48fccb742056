import Testing

@testable import Builder

/// What the kernel lists for qemu-user-static, and programs that it is for.
@Suite struct BinaryFormatTests {
    static let arm64 = """
        enabled
        interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
        flags: POCF
        offset 0
        magic 7f454c460201010000000000000000000200b700
        mask ffffffffffffff00fffffffffffffffffeffffff

        """

    private func format(_ old: String = "", _ new: String = "") -> BinaryFormat {
        BinaryFormat(parsing: Array((old.isEmpty ? Self.arm64 : Self.arm64.replacingOccurrences(old, new)).utf8))
    }

    @Test func isForItsArchitectureAlone() throws {
        for architecture in ["arm64", "amd64", "arm", "386", "s390x", "riscv64", "ppc64le", "mips64le"] {
            let header = try #require(ProgramHeader(architecture: architecture))
            #expect(format().matches(header) == (architecture == "arm64"), "\(architecture)")
        }
        #expect(ProgramHeader(architecture: "wasm") == nil)
    }

    @Test func numbersOfBigEndianMachinesAreTurnedAround() throws {
        let text =
            "enabled\nflags: F\noffset 0\nmagic 7f454c4602020100000000000000000000020016\n"
            + "mask ffffffffffffff00fffffffffffffffffffeffff\n"
        let header = try #require(ProgramHeader(architecture: "s390x"))
        #expect(BinaryFormat(parsing: Array(text.utf8)).matches(header))
    }

    @Test func needsTheFlagThatHoldsItsInterpreter() {
        #expect(format().isFixed)
        #expect(!format("POCF", "POC").isFixed)
    }

    @Test(arguments: [
        ("enabled", "disabled"), ("offset 0", "offset 2"), ("offset 0", "offset 99999999999999999999"),
        ("offset 0", "offset -1"), ("magic 7f", "magic 7"), ("magic 7f45", "magic zz"), ("mask ff", "mask "),
        ("magic 7f454c460201010000000000000000000200b700", "magic "),
    ])
    func isForNothingWhereItIsOffOrMalformed(_ old: String, _ new: String) throws {
        #expect(format(old, new).matches(try #require(ProgramHeader(architecture: "arm64"))) == false)
    }
}

extension String {
    fileprivate func replacingOccurrences(_ old: String, _ new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
