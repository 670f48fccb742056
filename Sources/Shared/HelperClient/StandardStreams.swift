import Glibc
import LinuxSystem

/// What this program's descriptors 0, 1 and 2 are.
struct StandardStreams {
    /// Those that are a terminal.
    let terminals: Set<UInt8>

    init() { terminals = Set((0...2).filter { isatty(CInt($0)) == 1 }) }

    /// Where people look for what a terminal shows: the error output where only that is one, and where none of the
    /// outputs is, the terminal that they type on.
    var firstTerminalOutput: CInt { CInt([1, 2].first { terminals.contains($0) } ?? 0) }

    /// What stacker-nsexec gets as 0, 1 and 2; `nil` is /dev/null.
    func numbers(replacingTerminalsBy pipes: OutputPipes?) -> SpawnedProcess.Standard {
        SpawnedProcess.Standard(
            input: terminals.contains(0) ? nil : STDIN_FILENO,
            output: pipes?.writer(for: 1) ?? (terminals.contains(1) ? nil : STDOUT_FILENO),
            // stacker-nsexec may say something itself; the command never sees this one where it is a terminal.
            errors: pipes?.writer(for: 2) ?? STDERR_FILENO)
    }
}
