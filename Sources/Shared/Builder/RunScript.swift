/// The script that a `run` section becomes.
enum RunScript {
    static let name = ".stacker-run.sh"
    /// The line that chooses the interpreter where the script itself does not.
    static let tracingShell = "#!/bin/sh -xe\n"

    /// All items are one script; the first may choose its interpreter.
    static func text(_ items: [String]) -> String {
        let body = items.joined(separator: "\n") + "\n"
        return body.utf8.starts(with: "#!".utf8) ? body : tracingShell + body
    }
}
