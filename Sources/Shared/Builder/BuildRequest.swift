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
    /// What to run for the user in the root of an image whose script has failed, one word; `nil` for nothing.
    public var onRunFailure: String?
    public var log: Log
    public var limits = Limits()

    public init(stackerFile: FilePath, directories: Directories, sourceDateEpoch: Int64?, log: Log) {
        self.stackerFile = stackerFile
        self.directories = directories
        self.sourceDateEpoch = sourceDateEpoch
        self.log = log
    }
}
