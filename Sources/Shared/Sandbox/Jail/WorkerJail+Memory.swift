public import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

extension WorkerJail {
    /// Bounds the memory of this process, for good, where a library could be made to take any amount of it.
    ///
    /// `bytes` are those of heap and private maps, for all threads together (setrlimit(2), RLIMIT_DATA).
    public static func limitMemory(to bytes: UInt64) throws(Failure) {
        var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
        do throws(SystemError) {
            try check("setrlimit") { unsafe setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit) }
        } catch {
            throw error.explanation.wrapped("cannot limit the worker's memory")
        }
    }
}
