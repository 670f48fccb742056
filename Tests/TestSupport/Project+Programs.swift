public import Diagnostics
import Foundation
import SystemPackage

extension Project {
    /// Compiles `Tests/Programs/NAME.c` without any shared library, to `NAME` in the project, so that it runs in any image.
    public func compile(_ name: String) throws {
        let source = Checkout.path.appending("Tests/Programs/\(name).c")
        let made = try run(
            "/usr/bin/cc", "-O1", "-static", "-Wall", "-Werror", "-o", ByteString(name), ByteString(source.string))
        guard made.exitCode == 0 else { throw Failure("cannot compile \(name): \(made.stderrText)") }
    }

    /// The lines of a file, as bytes that need not be UTF-8.
    public func lines(_ name: String) throws -> [ByteString] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path.appending(name).string))
        return data.split(separator: 0x0a).map { ByteString(Array($0)) }
    }
}
