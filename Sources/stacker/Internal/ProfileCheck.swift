import Diagnostics
import Glibc
import LinuxSystem
import SystemPackage

/// `check-aa-profile NAME`: whether this process may run under that AppArmor profile.
///
/// Tried by doing it: the process ends right afterwards.
enum ProfileCheck {
    /// Where the kernel has no AppArmor, so that nobody could say.
    private static let noControlFile = ExitCode(rawValue: 52)

    static func run(_ arguments: [ByteString]) throws {
        guard arguments.count == 1 else { throw FileCommands.wrongNumber }
        let profile = arguments[0]
        guard !profile.isEmpty, !profile.bytes.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\n") }) else {
            throw Failure("\(profile) is no name of a profile", class: .usage)
        }
        let control = try controlFile()
        try attempt("cannot change to the AppArmor profile \(profile)") {
            try control.write(Array("changeprofile ".utf8) + profile.bytes)
            // The kernel's answer begins with the name; the mode, enforce or complain, follows.
            let current = try control.readToEnd(limit: 4096)
            guard current.starts(with: profile.bytes + [UInt8(ascii: " ")]) else {
                throw Failure("this process is under another one: \(ByteString(current.prefix { $0 != 0x0a }))")
            }
        }
    }

    /// Of this thread, since another one could not be changed.
    private static func controlFile() throws -> OwnedDescriptor {
        let isOn = try? OwnedDescriptor.open("/sys/module/apparmor/parameters/enabled").readToEnd(limit: 16)
        for path in ["/proc/thread-self/attr/apparmor/current", "/proc/thread-self/attr/current"] as [FilePath]
        where isOn?.first == UInt8(ascii: "Y") {
            do throws(SystemError) {
                return try OwnedDescriptor.open(path, O_RDWR)
            } catch {
                guard error.errno == .noSuchFileOrDirectory else { throw error }
            }
        }
        throw Failure("this kernel has no AppArmor", class: .unsupported, exitCode: noControlFile)
    }
}
