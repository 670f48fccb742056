import CShims
import Glibc
import LinuxSystem

/// The terminal that is this program's standard input.
final class UserTerminal {
    private let settings: termios
    private var isRaw = false

    init() throws(SystemError) {
        var settings = termios()
        try check("tcgetattr") { unsafe tcgetattr(STDIN_FILENO, &settings) }
        self.settings = settings
    }

    deinit { restore() }

    /// In characters; zero where the terminal does not know.
    var size: (rows: UInt16, columns: UInt16) {
        var (rows, columns): (UInt16, UInt16) = (0, 0)
        _ = unsafe stk_get_window_size(STDIN_FILENO, &rows, &columns)
        return (rows, columns)
    }

    func copySize(to other: borrowing OwnedDescriptor) {
        let (rows, columns) = size
        _ = stk_set_window_size(other.raw, rows, columns)
    }

    /// Every key goes to whoever reads, unchanged and at once; nothing is shown but what is written.
    func makeRaw() throws(SystemError) {
        var raw = settings
        unsafe cfmakeraw(&raw)
        try check("tcsetattr") { unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) }
        isRaw = true
    }

    /// Back to what it was; there is nobody to tell where even that fails, as it does when the terminal is gone.
    func restore() {
        guard isRaw else { return }
        isRaw = false
        var settings = settings
        _ = unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &settings)
    }

    /// Stops this process as the signal would have, with the terminal as its user left it.
    func stop() {
        restore()
        _ = kill(getpid(), SIGSTOP)
    }

    /// After a stop, or at any other time: whoever was in the foreground meanwhile may have changed the terminal.
    func resume() { try? makeRaw() }
}
