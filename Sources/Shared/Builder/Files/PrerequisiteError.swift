import Diagnostics
import LinuxSystem
import SystemPackage

/// Why a prerequisite cannot be taken in.
struct PrerequisiteError: Error {
    let message: String
    var errorClass = ErrorClass.rejected
    /// Whether nothing more is to be read.
    var endsReading = false

    static func unreadable(_ path: ByteString, _ reason: String) -> PrerequisiteError {
        PrerequisiteError(message: "cannot read prerequisite \(path): \(reason)")
    }

    static func tooMany(_ limit: Int) -> PrerequisiteError {
        PrerequisiteError(
            message: "this leads to more than \(limit) stacker files", errorClass: .limit, endsReading: true)
    }

    static func tooMuch(_ limit: Int) -> PrerequisiteError {
        PrerequisiteError(
            message: "with this one the stacker files have more than \(limit) bytes", errorClass: .limit,
            endsReading: true)
    }
}

extension PrerequisiteError {
    /// `written` is what the file says, and `path` what that means.
    init(_ error: SystemError, _ written: ByteString, at path: FilePath, _ limits: Limits) {
        switch error.errno {
        case .noSuchFileOrDirectory, .notDirectory:
            let place = ByteString(path) == written ? "" : ": there is no \(ByteString(path))"
            self.init(message: "couldn't find prerequisite \(written)\(place)")
        case .fileTooLarge:
            self.init(
                message: "prerequisite \(written) is longer than \(limits.stackerfileBytes) bytes", errorClass: .limit)
        case .isDirectory, .invalidArgument:
            self.init(message: "prerequisite \(written) is not a regular file")
        default: self = .unreadable(written, "\(error)")
        }
    }
}
