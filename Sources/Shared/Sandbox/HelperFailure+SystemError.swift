import HelperProtocol
import LinuxSystem
import SystemPackage

extension HelperFailure {
    init(_ stage: Stage, _ error: SystemError, detail: String = "") {
        self.init(stage, call: error.call, path: error.path, errno: error.errno.rawValue, detail: detail)
    }
}

/// Runs `body`; a system call that fails in it is a failure of `stage`.
@discardableResult
func during<Result: ~Copyable>(
    _ stage: HelperFailure.Stage, _ body: () throws(SystemError) -> Result
) throws(HelperFailure) -> Result {
    do throws(SystemError) {
        return try body()
    } catch {
        throw HelperFailure(stage, error)
    }
}
