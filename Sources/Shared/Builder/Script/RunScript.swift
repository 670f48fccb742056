import Diagnostics
import Glibc
import LinuxSystem

/// The script that a `run` section becomes, or one of `generate_labels`.
enum RunScript {
    static let name = ".stacker-run.sh"
    /// The line that chooses the interpreter where the script itself does not.
    static let tracingShell = "#!/bin/sh -xe\n"
    /// What the kernel makes of that line, without the path of the script.
    static let tracingShellArguments: [ByteString] = ["/bin/sh", "-xe"]

    /// All items are one script; the first may choose its interpreter.
    static func text(_ items: [String]) -> String {
        let body = items.joined(separator: "\n") + "\n"
        return body.utf8.starts(with: "#!".utf8) ? body : tracingShell + body
    }

    /// Writes it into a directory of stacker's own, which a step sees at /stacker/imports.
    static func write(_ items: [String], into directory: borrowing OwnedDescriptor) throws(SystemError) {
        let file = try OwnedDescriptor.open(
            ByteString(name), in: directory, O_WRONLY | O_CREAT | O_EXCL, mode: 0o700)
        try file.write(Array(text(items).utf8))
        try file.setMode(0o755)
        try file.close()
    }
}
