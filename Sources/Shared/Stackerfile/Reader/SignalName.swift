public import Diagnostics

/// Signals by name and number, as image configurations spell them.
public enum SignalName {
    /// `SIGTERM` for `SIGTERM`, `TERM` and `term`, `SIGRTMIN+3`, and `15` for the number; `nil` for no signal of Linux.
    ///
    /// Source: OCI image-spec v1.1, config.md, `StopSignal`; signal(7).
    public static func canonical(_ text: ByteString) -> String? {
        guard let word = text.utf8Text, !word.isEmpty, text.count <= 16 else { return nil }
        if text.bytes.allSatisfy({ (0x30...0x39).contains($0) }) {
            guard text.bytes.first != 0x30, let number = Int(word), (1...last).contains(number) else { return nil }
            return word
        }
        let name = word.uppercased()
        let short = name.hasPrefix("SIG") ? String(name.dropFirst(3)) : name
        return isKnown(short) ? "SIG" + short : nil
    }

    /// For suggestions.
    static let all = names.map { "SIG" + $0 }

    private static let last = 64

    private static func isKnown(_ short: String) -> Bool {
        if names.contains(short) { return true }
        for prefix in ["RTMIN+", "RTMAX-"] where short.hasPrefix(prefix) {
            let digits = short.dropFirst(prefix.count)
            // The C library keeps two of the 32 for itself.
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let offset = Int(digits) else { return false }
            return offset > 0 && offset <= 30 && !digits.hasPrefix("0")
        }
        return false
    }

    private static let names = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
        "PROF", "PWR", "QUIT", "RTMAX", "RTMIN", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN",
        "TTOU",
        "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    ]
}
