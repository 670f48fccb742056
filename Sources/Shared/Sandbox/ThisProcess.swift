import CShims
import Glibc
import LinuxSystem

/// What stacker-nsexec does to its own process.
///
/// It has one thread from birth to exec, so fork(2) leaves the child a whole program.
enum ThisProcess {
    /// Ties this process to its parent's life.
    ///
    /// To be called again after each change of user or capabilities, which may undo it.
    static func dieWithParent() throws(SystemError) {
        try check("prctl(PR_SET_PDEATHSIG)") { stk_set_parent_death_signal(SIGKILL) }
    }

    /// The same in a child that cannot see its parent's process id: `lifeline` is the reader of a pipe whose only
    /// writer the parent holds.
    ///
    /// Ends the process at once where the parent died before this call could tie the two together.
    static func dieWithParent(holding lifeline: borrowing OwnedDescriptor) throws(SystemError) {
        try dieWithParent()
        if isHungUp(lifeline) { _exit(1) }
    }

    /// Whether nobody holds the other end.
    static func isHungUp(_ descriptor: borrowing OwnedDescriptor) -> Bool {
        var poll = pollfd(fd: descriptor.raw, events: 0, revents: 0)
        return unsafe Glibc.poll(&poll, 1, 0) == 1 && poll.revents & Int16(POLLHUP | POLLERR) != 0
    }

    /// Runs `body` in a child; returns its process id.
    static func fork(_ body: () -> Never) throws(SystemError) -> pid_t {
        let child = try check("fork") { Glibc.fork() }
        if child == 0 { body() }
        return child
    }

    /// Waits for `child`; returns the status as wait(2) codes it.
    static func wait(for child: pid_t) throws(SystemError) -> CInt {
        var status: CInt = 0
        try check("waitpid") { unsafe waitpid(child, &status, 0) }
        return status
    }

    /// All signals get their default action and none is blocked, whatever the process that started us left behind.
    static func resetSignals() {
        for number in 1...64 { _ = stk_reset_signal(CInt(number)) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe sigprocmask(SIG_SETMASK, &none, nil)
    }

    static func block(_ signals: [CInt]) {
        var set = Self.set(signals)
        unsafe sigprocmask(SIG_BLOCK, &set, nil)
    }

    static func set(_ signals: [CInt]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in signals { unsafe sigaddset(&set, number) }
        return set
    }

    /// Closes every descriptor above 2 but these.
    static func closeAll(except kept: [CInt]) throws(SystemError) {
        var next: CUnsignedInt = 3
        for descriptor in Set(kept).sorted() where descriptor >= 3 {
            let number = CUnsignedInt(descriptor)
            if number > next { try check("close_range") { stk_close_range(next, number - 1, 0) } }
            next = number + 1
        }
        try check("close_range") { stk_close_range(next, .max, 0) }
    }

    /// The path of the working directory.
    static func workingDirectory() throws(SystemError) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let size = buffer.count
        try check("getcwd") { unsafe getcwd(&buffer, size) == nil ? -1 : 0 }
        return buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    }
}
