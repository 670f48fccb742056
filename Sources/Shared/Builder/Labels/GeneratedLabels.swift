import Diagnostics
import HelperProtocol
import LinuxSystem
import Stackerfile
import Storage
import SystemPackage

/// The labels that the script of `generate_labels` makes: each file that it leaves in one directory is one.
struct GeneratedLabels {
    let image: ImageRecipe
    let context: BuildContext

    /// Where the script finds that directory.
    static let destination: ByteString = "/stacker/oci-labels"

    /// Runs the script above all layers of the image, and reads what it made; what it changes elsewhere is dropped.
    ///
    /// - Returns: One label for each file, by name; none where the image has no such script.
    func make(above layers: [FinishedLayer]) async throws -> [String: String] {
        guard !image.generateLabels.isEmpty else { return [:] }
        return try await context.storage.withScratchRoot(directories: ["labels", "script"]) { root, scratch in
            // Opened before the script runs: it may do to the directory what it likes.
            let labels = LabelDirectory(
                try OwnedDescriptor.open(directory: scratch.appending("labels")), limits: context.request.limits)
            try RunScript.write(
                image.generateLabels, into: try OwnedDescriptor.open(directory: scratch.appending("script")))
            try await run(in: root, scratch, above: layers)
            return try attempt("cannot read the labels that generate_labels made") { try labels.read() }
        }
    }

    private func run(in root: BuildRoot, _ scratch: FilePath, above layers: [FinishedLayer]) async throws {
        let step = root.step(
            above: layers,
            binds: [
                Step.Bind(
                    source: ByteString(scratch.appending("script")), destination: "/stacker/imports", isWritable: false),
                Step.Bind(
                    source: ByteString(scratch.appending("labels")), destination: Self.destination, isWritable: true),
            ],
            arguments: [], environment: [ByteString(RunEnvironment.path)])
        let script = ScriptStep(items: image.generateLabels, origin: image.generateLabelsOrigin, context: context)
        guard let failed = try await script.run(step, script: scratch.appending("script")) else { return }
        var failure = script.explain(
            failed,
            "generate_labels failed for image \"\(image.name)\" in \"\(context.file.name)\"",
            hint: nil)
        if case .exited(let status) = failed.end { failure.exitCode = ExitCode(rawValue: status) }
        throw failure
    }
}
