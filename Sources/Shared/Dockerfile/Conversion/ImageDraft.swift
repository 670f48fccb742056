import Diagnostics

/// One image of the stacker.yaml that is being made.
struct ImageDraft {
    /// May hold marks of arguments, as all texts here.
    var name: ByteString
    var base: Base
    var platform: Platform?
    var isBuildOnly = true
    var imports: [Import] = []
    var buildEnvironment: [Variable] = []
    /// Items of `run`.
    var script: [ByteString] = []
    var configuration = Configuration()

    enum Base: Hashable {
        case scratch
        case built(ByteString)
        case docker(ByteString)
        case oci(ByteString)
        case tar(ByteString)
    }

    struct Platform: Hashable {
        var os: ByteString
        var architecture: ByteString?
    }

    struct Variable: Hashable {
        var name: ByteString
        var value: ByteString
    }

    struct Import: Hashable {
        var path: ByteString
        var destination: ByteString?
        var mode: ByteString?
        var user: ByteString?
        var group: ByteString?
        var hash: ByteString?
        var excluded: [ByteString] = []
    }

    /// What a container of the image is started with.
    struct Configuration {
        var environment: [Variable] = []
        var labels: [Variable] = []
        var annotations: [Variable] = []
        var volumes: [ByteString] = []
        var ports: [ByteString] = []
        var workingDirectory: ByteString?
        var user: ByteString?
        var entrypoint: [ByteString]?
        var command: [ByteString]?
        var stopSignal: ByteString?
        var healthCheck: HealthCheck?
    }

    struct HealthCheck {
        /// Begins with `NONE`, `CMD` or `CMD-SHELL`.
        var test: [ByteString]
        /// Names of fields and durations or numbers.
        var options: [Variable] = []
    }
}

extension [ImageDraft.Variable] {
    /// Gives a variable its value, in the place it has already.
    mutating func set(_ name: ByteString, _ value: ByteString) {
        if let place = firstIndex(where: { $0.name == name }) {
            self[place].value = value
        } else {
            append(ImageDraft.Variable(name: name, value: value))
        }
    }

    subscript(name: ByteString) -> ByteString? { first { $0.name == name }?.value }
}
