import Diagnostics
import HelperProtocol
import LinuxSystem
import Stackerfile
import Storage

/// Runs the script of an image in its root.
struct ScriptRun {
    let image: ImageRecipe
    let context: BuildContext

    /// - Throws: What went wrong, which includes that the script did not end well; its root is left as it is.
    func run(in root: BuildRoot, above layers: [FinishedLayer], binds: [Step.Bind]) async throws {
        guard !image.run.isEmpty else { return }
        let step = root.step(
            above: layers, binds: binds, arguments: [],
            environment: try RunEnvironment.make(for: image, host: context.environment))
        let script = ScriptStep(items: image.run, origin: image.runOrigin, context: context)
        let folder = ImportStore.path(of: image.name, in: context.request.directories)
        let failed = try await UserBinds.explaining(binds) { try await script.run(step, script: folder) }
        guard let failed else { return }
        if let command = context.request.onRunFailure { try await attach(ByteString(command), to: step, root) }
        throw script.explain(
            failed, "run commands failed for image \"\(image.name)\" in \"\(context.file.name)\"",
            hint: hint)
    }

    /// What a failed script has left stays until the next build of the image.
    private var hint: String {
        let left = "see what it left in \(ByteString(context.request.directories.roots))/\(image.name)/overlay"
        return context.request.onRunFailure == nil
            ? "\(left), or build with --shell-fail to get a shell there" : "\(left); `stacker clean` removes it"
    }

    /// Lets the user look at what a failed script has left, in the place of the script.
    private func attach(_ command: ByteString, to failed: Step, _ root: BuildRoot) async throws {
        context.request.log.info("run commands failed for image \"\(image.name)\": running \(command) in its place")
        var step = failed
        step.arguments = [command]
        step.environment = try RunEnvironment.interactive(for: image, host: context.environment)
        do {
            // What else is under way ends first, so that nothing is printed into what the user does.
            if let turn = context.turn {
                _ = try await turn.alone { [step] in try await context.storage.attach(step, on: root) }
            } else {
                _ = try await context.storage.attach(step, on: root)
            }
        } catch let failure as Failure where failure.exitCode.rawValue > 128 {
            throw failure
        } catch {
            // That the script failed is still what matters.
            context.request.log.warning("cannot run \(command): \(Failure(explaining: error))")
        }
    }
}
