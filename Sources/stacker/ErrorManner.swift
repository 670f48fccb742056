import Diagnostics
import Glibc

/// How the error that ends a command is written.
struct ErrorManner {
    private var isDetailed = false
    private var format = DiagnosticFormat.text

    init() {}

    init(_ options: GlobalOptions) {
        isDetailed = options.debug
        format = (try? options.diagnosticFormat()) ?? .text
    }

    func text(of failure: Failure) -> String {
        if isDetailed, format == .text, !failure.isReport { return failure.detailed }
        return format.render(failure, color: Self.hasColor)
    }

    /// On a terminal that knows colours, unless `NO_COLOR` says otherwise (no-color.org).
    private static var hasColor: Bool {
        guard isatty(STDERR_FILENO) == 1, let term = getenv("TERM"), strcmp(term, "dumb") != 0 else { return false }
        guard let refusal = getenv("NO_COLOR") else { return true }
        return refusal.pointee == 0
    }
}
