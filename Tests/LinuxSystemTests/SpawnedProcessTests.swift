import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage
import TestSupport
import Testing

@Suite struct `A process that is started` {
    /// The number of its directory here is among those that its descriptors have there.
    @Test func `works in its directory, whatever number that has`() throws {
        let temporary = try TemporaryDirectory()
        let directory = try OwnedDescriptor.open(directory: temporary.path)
        let output = try OwnedDescriptor.open(temporary.path.appending("out"), O_RDWR | O_CREAT, mode: 0o600)
        let nothing = try OwnedDescriptor.open("/dev/null")
        let process = try SpawnedProcess(
            program: "/bin/pwd", arguments: ["pwd", "-P"], environment: [], directory: directory.raw,
            standard: SpawnedProcess.Standard(input: nil, output: output.raw, errors: nil),
            descriptors: [CInt](repeating: nothing.raw, count: Int(directory.raw)))
        #expect(try process.wait() == 0)
        let printed = try OwnedDescriptor.open(temporary.path.appending("out")).readToEnd(limit: 4_096)
        #expect(ByteString(printed) == ByteString("\(ByteString(temporary.path))\n"))
    }
}
