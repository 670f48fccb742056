import Diagnostics
import OCI
import Stackerfile

/// Configuration and manifest of an image, from its base, its recipe and its new layers.
///
/// Source: OCI image-spec v1.1, config.md and manifest.md; docs/compatibility.md for what is inherited.
struct ImageComposition {
    let image: ImageRecipe
    /// Those that the script of `generate_labels` made; `labels` counts more.
    var generatedLabels: [String: String] = [:]
    /// Seconds since 1970, UTC.
    let created: Int64
    let author: String
    let stackerfileText: String
    /// What the names of stacker's own annotations begin with, such as `io.stackeroci`.
    let annotationsNamespace: String
    /// What the git tree of the stacker.yaml is at; `nil` where there is none.
    let gitVersion: String?

    /// What the image's configuration says; `added` are its new layers, lowest first.
    func configuration(parent: ImageConfiguration?, added: [AddedLayer]) -> ImageConfiguration {
        let platform = image.platform
        var result = parent ?? ImageConfiguration(architecture: platform.architecture, os: platform.os)
        (result.architecture, result.os, result.variant) = (platform.architecture, platform.os, nil)
        let time = Timestamp.rfc3339(created)
        for layer in added {
            result.rootfs.diffIDs.append(layer.packed.diffID)
            result.history.append(History(created: time, createdBy: layer.createdBy))
        }
        result.history.append(
            History(created: time, createdBy: "stacker build", author: author, emptyLayer: true))
        result.created = time
        result.author = author
        apply(to: &result.config)
        return result
    }

    /// Command and entry point are always this image's own; the rest adds to what is inherited.
    private func apply(to config: inout ExecutionConfiguration) {
        config.entrypoint = image.fullCommand ?? image.entrypoint
        config.command = image.fullCommand == nil ? image.command : nil
        for variable in image.environment { set(variable, in: &config.environment) }
        if !config.environment.contains(where: { $0.utf8.starts(with: "PATH=".utf8) }) {
            config.environment.append(RunEnvironment.path)
        }
        config.labels.merge(generatedLabels) { _, generated in generated }
        for label in image.labels { config.labels[label.name] = label.value }
        for volume in image.volumes { config.volumes.insert(volume) }
        if let directory = image.workingDir { config.workingDirectory = directory }
        if let user = image.runtimeUser { config.user = user }
        config.exposedPorts.formUnion(image.exposedPorts)
        if let signal = image.stopSignal { config.stopSignal = signal }
        if let check = image.healthCheck { config.healthCheck = HealthCheck(check) }
    }

    /// A variable takes the place of those of its name: of two, programs would see the first, which is the old one.
    private func set(_ variable: StringPair, in environment: inout [String]) {
        let prefix = "\(variable.name)="
        let line = prefix + variable.value
        guard let place = environment.firstIndex(where: { $0.utf8.starts(with: prefix.utf8) }) else {
            environment.append(line)
            return
        }
        environment[place] = line
        let later = environment.indices.suffix(from: place + 1)
        for index in later.reversed() where environment[index].utf8.starts(with: prefix.utf8) {
            environment.remove(at: index)
        }
    }

    func annotations(parent: [String: String]) -> [String: String] {
        var result = parent
        let prefix = "\(annotationsNamespace).stacker"
        var ours = ["\(prefix).stacker_yaml": stackerfileText, "\(prefix).stacker_version": Version.current]
        ours["\(prefix).git_version"] = gitVersion
        for annotation in image.annotations { result[annotation.name] = annotation.value }
        return result.merging(ours) { _, ours in ours }
    }
}
