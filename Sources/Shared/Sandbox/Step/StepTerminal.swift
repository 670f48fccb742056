import CShims
import Diagnostics
import Glibc
import HelperProtocol
import LinuxSystem
import SystemPackage

/// A terminal of the image's own devpts, whose other side only the frontend has.
///
/// What the command writes to it, or pushes into its input, stays between the two: it is not the user's terminal.
struct StepTerminal {
    /// The command's side, closed on exec.
    private let number: CInt
    private let uses: Set<UInt8>

    /// Makes it in the /dev that this process has now, and sends the other side away.
    init(_ terminal: Step.Terminal) throws(HelperFailure) {
        uses = terminal.uses
        number = try during(.command) { () throws(SystemError) in
            let other = try OwnedDescriptor.open("/dev/pts/ptmx", O_RDWR | O_NOCTTY)
            guard try other.status().kind == .characterDevice(UInt64(stk_makedev(5, 2))) else {
                throw SystemError("open", "/dev/pts/ptmx", errno: .noSuchAddressOrDevice)
            }
            let raw = other.raw
            try check("ioctl(TIOCSPTLCK)") { stk_unlock_terminal(raw) }
            try check("ioctl(TIOCSWINSZ)") { stk_set_window_size(raw, terminal.rows, terminal.columns) }
            let own = try check("ioctl(TIOCGPTPEER)") { stk_open_terminal_peer(raw, O_RDWR | O_NOCTTY | O_CLOEXEC) }
            // AFTER its own side is open, or the reader would see the end of a terminal that nobody uses yet.
            let socket = OwnedDescriptor(adopting: terminal.socket)
            try check("sendmsg") { stk_send_descriptor(socket.raw, raw) }
            return own
        }
    }

    /// Gives it to the session that the calling process leads.
    func take() throws(SystemError) {
        try check("ioctl(TIOCSCTTY)") { stk_take_terminal(number) }
        for descriptor in uses { try check("dup2") { dup2(number, CInt(descriptor)) } }
    }

    func close() { _ = Glibc.close(number) }
}
