public import Diagnostics
public import HelperProtocol
public import SystemPackage

/// Everything `stacker build` was asked, resolved: paths absolute, values checked.
public struct BuildRequest: Sendable {
    public var stackerFile: FilePath
    public var directories: Directories
    /// Seconds since 1970, UTC; `nil` takes the clock.
    public var sourceDateEpoch: Int64?
    /// How new layers are stored; those of a base stay as they are.
    public var compression = PackJob.Compression.gzip
    public var log: Log
    public var limits = Limits()
    /// The images to build, with what they need; all where none is named.
    public var images: [String] = []
    /// How many images are built at the same time; at least 1.
    public var jobs = BuildRequest.defaultJobs
    /// Who shows the output of steps, and what happens.
    public var reporter: any BuildReporter

    /// As many as there are processors.
    public static let defaultJobs = Concurrent.cores

    public init(
        stackerFile: FilePath, directories: Directories, sourceDateEpoch: Int64?, log: Log, reporter: any BuildReporter
    ) {
        self.stackerFile = stackerFile
        self.directories = directories
        self.sourceDateEpoch = sourceDateEpoch
        self.log = log
        self.reporter = reporter
    }
}
