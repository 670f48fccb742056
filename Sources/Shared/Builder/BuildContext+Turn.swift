import Diagnostics
import HelperClient
import HelperProtocol
import Storage

/// What an image does as one of many.
extension BuildContext {
    /// The same for one image of the build: its own log, its place in line, and that of its file.
    func with(_ turn: ImageTurn, file: Int) -> BuildContext {
        var context = with(file: file)
        context.turn = turn
        context.request.log = turn.log
        return context
    }

    /// The same for an image of one of the files; `nil` for an image that none describes.
    func with(file: Int?) -> BuildContext {
        var context = self
        if let file, files.indices.contains(file) { context.file = files[file] }
        return context
    }

    /// Runs a step of the image; `watch` sees its output, which goes where it belongs unchanged.
    func run(
        _ step: Step, script: ScriptFeed? = nil, watch: @escaping @Sendable ([UInt8]) -> Void
    ) async throws -> Reply {
        let (turn, reporter) = (turn, request.reporter)
        let output = StepOutput.bytes { piece in
            watch(piece)
            if let turn { try turn.show(piece) } else { try reporter.write(piece) }
        }
        return try await during(.running) { try await storage.run(step, output: output, script: script) }
    }

    /// Runs `body`, and tells whoever watches that it is under way.
    ///
    /// `archive` is the raw number of a descriptor, open until `body` returns, whose offset says how far it is.
    func during<Value: Sendable>(
        _ kind: BuildActivity.Kind, _ subject: String = "", total: UInt64? = nil, archive: CInt? = nil,
        _ body: () async throws -> Value
    ) async rethrows -> Value {
        guard let turn else { return try await body() }
        let (start, isTold) = (ContinuousClock.now, turn.reporter.logsActivities)
        let what = subject.isEmpty ? "" : " \(subject)"
        if isTold { request.log.info("\(turn.image): \(kind.rawValue)\(what)") }
        let value = try await turn.activities.during(
            kind, image: turn.image, subject: subject, total: total, archive: archive, body)
        let took = Elapsed(ContinuousClock.now - start)
        if isTold { request.log.info("\(turn.image): \(kind.done)\(what) in \(took)") }
        return value
    }
}
