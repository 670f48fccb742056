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
            above: layers, binds: binds, arguments: [ByteString("/stacker/imports/\(RunScript.name)")],
            environment: try RunEnvironment.make(for: image, host: context.environment))
        let end = try await UserBinds.explaining(binds) { try await context.storage.run(step) }
        guard end != .exited(0) else { return }
        let roots = ByteString(context.request.directories.roots)
        throw Failure(
            "run commands failed for image \"\(image.name)\" in \"\(ByteString(context.request.stackerFile))\"",
            causes: [end.description],
            hint: "see what it left in \(roots)/\(image.name)/overlay; `stacker clean` removes it")
    }
}
