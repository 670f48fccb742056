import Diagnostics
import HelperClient
import HelperProtocol
import LinuxSystem
import Stackerfile
import Synchronization
import SystemPackage

/// A script of stacker.yaml that runs as a build step, and what is to be said where it fails.
struct ScriptStep {
    let items: [String]
    let origin: ScriptOrigin?
    let context: BuildContext

    /// How a script ended that did not end well.
    struct Failed {
        var end: Reply
        /// The last command that was begun.
        var last: ByteString?
        var command: FailedCommand
    }

    /// Where the step sees its script.
    static let path = ByteString("/stacker/imports/\(RunScript.name)")

    /// Runs `step`, whose script is in the directory `folder` of the host.
    ///
    /// - Returns: `nil` where it ended well.
    func run(_ step: Step, script folder: FilePath) async throws -> Failed? {
        let text = RunScript.text(items)
        var step = step
        step.arguments = [Self.path]
        let feed = try feed(text, in: folder)
        // As the kernel would call the interpreter that the first line names.
        if feed != nil { step.arguments = RunScript.tracingShellArguments + [Self.path] }
        let trace = Mutex(CommandTrace(script: text))
        let end: Reply
        do {
            end = try await context.run(step, script: feed) { output in trace.withLock { $0.read(output) } }
        } catch {
            // The error itself tells more than that the script could not be put back.
            _ = try? feed?.finish()
            throw error
        }
        let count = try feed?.finish()
        guard end != .exited(0) else { return nil }
        let (last, printed) = trace.withLock { ($0.last, $0.lastPrinted) }
        let command = count.map { FailedCommand(in: Array(text.utf8), read: $0, traced: printed) }
        return Failed(end: end, last: last, command: command ?? .unknown)
    }

    /// Only of a shell it is known that it reads no more than it needs.
    ///
    /// - Returns: `nil` where the script is a file that the step executes.
    private func feed(_ text: String, in folder: FilePath) throws(SystemError) -> ScriptFeed? {
        guard text.utf8.starts(with: RunScript.tracingShell.utf8), text.utf8.count <= Self.mostBytes else { return nil }
        let directory = try OwnedDescriptor.open(directory: folder)
        do throws(SystemError) {
            return try ScriptFeed(ByteString(RunScript.name), Array(text.utf8), in: directory)
        } catch {
            // Some file systems have no pipes; where a script failed is then not known so well.
            return nil
        }
    }

    /// Of a script that is fed line by line.
    private static let mostBytes = 1 << 20

    /// The message of a failure: `summary`, how it ended, and where.
    func explain(_ failed: Failed, _ summary: String, hint: String?) -> Failure {
        var message = "\(summary): \(failed.end)"
        let lines = origin?.lines()
        // The first line of the script is that of the interpreter, unless it says that itself.
        let first = RunScript.text(items).utf8.count > items.joined(separator: "\n").utf8.count + 1 ? 2 : 1
        func mark(_ line: Int) -> Mark? {
            guard let lines, lines.indices.contains(line - first) else { return nil }
            return lines[line - first]
        }
        var place: Mark?
        var note: (String, Mark)?
        switch failed.command {
        case .unknown: break
        case .line(let line, let outer):
            place = mark(line)
            if let outer = outer.flatMap(mark), let place, outer.line != place.line {
                note = ("in the command that begins here", outer)
            }
        case .lines(let range):
            place = mark(range.lowerBound)
            if let place, let last = mark(range.upperBound), last.line > place.line {
                message += " in lines \(place.line) to \(last.line)"
            }
        }
        if let last = failed.last { message += ", the last command was: \(last)" }
        guard let origin else { return Failure(message, hint: hint) }
        var failure = origin.report(message, at: place, note: note).explanation
        failure.errorClass = .failure
        failure.hint = hint
        return failure
    }
}
