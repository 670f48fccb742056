public import Diagnostics

/// What `stacker gc` was asked.
public struct GarbageRequest: Sendable {
    public var directories: Directories
    /// How many bytes may stay of what builds keep; `nil` keeps the latest result of each image.
    public var keepStorage: UInt64?
    /// Whether every blob is read, and damaged ones go.
    public var verifies = false
    public var log: Log
    public var limits = Limits()

    public init(_ directories: Directories, log: Log) {
        self.directories = directories
        self.log = log
    }
}
