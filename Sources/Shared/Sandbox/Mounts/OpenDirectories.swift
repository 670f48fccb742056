import Diagnostics
import Glibc
import LinuxSystem

/// Directories held open together, in order.
final class OpenDirectories {
    private var numbers: [CInt] = []

    init(_ paths: [ByteString]) throws(SystemError) {
        for path in paths { numbers.append(try OverlayMount.open(path).release()) }
    }

    deinit { for number in numbers { _ = close(number) } }

    /// The number of each, which is its name in `/proc/self/fd`.
    var names: [ByteString] { numbers.map { ByteString(String($0)) } }
}
