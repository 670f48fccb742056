/// What a person sees when a command stops.
///
/// Every error that can reach `main` becomes one of these, in exactly one place per program, so that all messages
/// have one shape: `SUMMARY: CAUSE: CAUSE`, then an indented `hint:` line when there is one.
public struct Failure: Error, Hashable, Sendable {
    /// What stacker was trying to do, in the user's words: no trailing period, no type names.
    public var summary: String
    /// Why it failed, innermost last.
    public var causes: [String]
    /// One thing the user can do about it: one imperative sentence with a command or file name.
    public var hint: String?
    public var errorClass: ErrorClass
    /// The status `main` exits with.
    public var exitCode: ExitCode
    /// Whether the text begins with file, line and `error:` itself, so that nothing is to be put before it.
    public var isReport = false
    /// The places it is about; the text is about them too, or is made of them.
    public var report: DiagnosticReport?

    public init(
        _ summary: String, causes: [String] = [], hint: String? = nil, class errorClass: ErrorClass = .failure,
        exitCode: ExitCode = .failure
    ) {
        self.summary = summary
        self.causes = causes
        self.hint = hint
        self.errorClass = errorClass
        self.exitCode = exitCode
    }
}

/// An error that knows how to explain itself to a user.
public protocol Explainable: Error {
    var explanation: Failure { get }
}

extension Failure: Explainable, CustomStringConvertible {
    public var explanation: Failure { self }

    /// The whole message; line breaks inside a hint are indented under it.
    public var description: String {
        let line = ([summary] + causes).joined(separator: ": ")
        guard let hint else { return line }
        let lines = hint.split(separator: "\n", omittingEmptySubsequences: false)
        return "\(line)\n  hint: \(lines.joined(separator: "\n        "))"
    }

    /// The explanation of any error; those that cannot explain themselves say what Swift says of them.
    public init(explaining error: any Error) {
        self = (error as? any Explainable)?.explanation ?? Failure(String(describing: error))
    }

    /// This failure as the reason why `doing` failed; a report, which begins with a place, says that by itself.
    public func wrapped(_ doing: String) -> Failure {
        guard !isReport else { return self }
        var failure = self
        failure.causes.insert(failure.summary, at: 0)
        failure.summary = doing
        return failure
    }
}

/// Runs `body`; a failure gains `doing` as its new outermost summary.
///
/// For steps a user would name ("unpack layer sha256:…"), once per step and not once per function.
public func attempt<T: ~Copyable>(
    _ doing: @autoclosure () -> String, _ body: () throws -> T
) throws(Failure) -> T {
    do {
        return try body()
    } catch {
        throw Failure(explaining: error).wrapped(doing())
    }
}

/// Runs `body`; a failure gains `doing` as its new outermost summary.
public func attempt<T: Sendable>(
    _ doing: @autoclosure () -> String, _ body: () async throws -> T
) async throws(Failure) -> T {
    do {
        return try await body()
    } catch {
        throw Failure(explaining: error).wrapped(doing())
    }
}
