/// The script that a `run` section becomes.
enum RunScript {
    static let name = ".stacker-run.sh"

    /// All items are one script; the first may choose its interpreter.
    static func text(_ items: [String]) -> String {
        let body = items.joined(separator: "\n") + "\n"
        return body.utf8.starts(with: "#!".utf8) ? body : "#!/bin/sh -xe\n" + body
    }
}
