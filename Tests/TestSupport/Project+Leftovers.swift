import Foundation
import Glibc
import SystemPackage

/// What a build must not leave.
extension Project {
    /// Processes and mounts of builds of this project that are still there a second from now; the processes are killed.
    ///
    /// A namespace has no other life than its processes and mounts, as stacker binds none to a file.
    public func leftovers() -> [String] {
        let end = ContinuousClock.now + .seconds(1)
        while !processes().isEmpty, ContinuousClock.now < end { usleep(5_000) }
        let left = processes().map { process in
            kill(process, SIGKILL)
            return "\(process) \(text("/proc/\(process)/cmdline"))"
        }
        return left + text("/proc/self/mountinfo").split(separator: "\n").map(String.init).filter { $0.contains(name) }
    }

    /// Processes that work in this project, have their root there or see a mount of it.
    private func processes() -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            guard process != getpid() else { return false }
            return link("/proc/\(process)/cwd").contains(name) || link("/proc/\(process)/root").contains(name)
                || text("/proc/\(process)/mountinfo").contains(name)
        }
    }

    /// Unique, and part of every path in the project, also of one that a mount namespace shows from its own root.
    private var name: String { path.lastComponent?.string ?? path.string }

    private func link(_ path: String) -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) ?? ""
    }

    private func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}
