import OCI
import Stackerfile

extension ImageRecipe {
    /// What the image is for: this machine, where the file does not say otherwise.
    var platform: Platform {
        Platform(os: os ?? Platform.host.os, architecture: architecture ?? Platform.host.architecture)
    }

    /// Whether something of the image is run while it is built.
    var runsSomething: Bool { !run.isEmpty || !generateLabels.isEmpty }
}
