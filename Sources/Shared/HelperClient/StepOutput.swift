/// Where standard output and standard error of a build step go, as one stream.
public enum StepOutput: Sendable {
    /// To this descriptor, by number; the step writes to it by itself.
    case descriptor(CInt)
    /// To a function, piece by piece, on a thread that may block; where it throws, the step is killed.
    case bytes(@Sendable ([UInt8]) throws -> Void)
}
