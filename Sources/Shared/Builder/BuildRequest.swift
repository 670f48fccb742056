public import Diagnostics
public import HelperProtocol
public import Stackerfile

/// Everything `stacker build` was asked, resolved: paths absolute, values checked.
public struct BuildRequest: Sendable {
    /// What to read; prerequisites come along by themselves.
    public var sources: [RecipeSource]
    public var directories: Directories
    /// What stands for the placeholders of every stacker file.
    public var substitutions = Substitutions()
    /// Seconds since 1970, UTC; `nil` takes the clock.
    public var sourceDateEpoch: Int64?
    /// How new layers are stored; those of a base stay as they are.
    public var compression = PackJob.Compression.gzip
    /// Names what does it, with its version: the same name stands for the same bytes of the same content.
    public var encoder = ""
    /// Whether results of earlier builds are taken; those of this one are kept either way.
    public var usesCache = true
    /// What the names of stacker's own annotations begin with.
    public var annotationsNamespace = defaultAnnotationsNamespace
    /// What to run for the user in the root of an image whose script has failed, one word; `nil` for nothing.
    public var onRunFailure: String?
    /// Whether an import from the network must have a hash.
    public var requiresHashes = false
    public var log: Log
    /// How warnings about a stacker file are written into the log.
    public var diagnosticFormat = DiagnosticFormat.text
    public var limits = Limits()
    /// The images to build, with what they need; all where none is named.
    public var images: [String] = []
    /// How many images are built at the same time; at least 1.
    public var jobs = BuildRequest.defaultJobs
    /// Who shows the output of steps, and what happens.
    public var reporter: any BuildReporter

    /// As many as there are processors.
    public static let defaultJobs = Concurrent.cores

    public static let defaultAnnotationsNamespace = "io.stackeroci"

    /// Refuses what cannot begin the name of an annotation.
    public static func checkedNamespace(_ text: String) throws(Failure) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f: true
            default: false
            }
        }
        guard isPlain, !text.isEmpty else {
            throw Failure(
                "invalid --annotations-namespace \"\(ByteString(text))\"",
                hint: "give a name in reverse-domain notation, such as \(defaultAnnotationsNamespace)", class: .usage)
        }
        return text
    }

    public init(
        sources: [RecipeSource], directories: Directories, sourceDateEpoch: Int64?, log: Log,
        reporter: any BuildReporter
    ) {
        self.sources = sources
        self.directories = directories
        self.sourceDateEpoch = sourceDateEpoch
        self.log = log
        self.reporter = reporter
    }
}
