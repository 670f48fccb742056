public import Diagnostics
import SystemPackage

/// The process that holds the flock(2) of a file.
public struct LockOwner: Hashable, Sendable {
    public let pid: Int32
    /// Its arguments, with spaces between them; empty where nobody may read them.
    public let command: ByteString

    /// Looks in /proc/locks; `nil` where nobody holds the lock any more, or somebody in another pid namespace does.
    ///
    /// Source: proc_locks(5).
    public static func find(_ file: borrowing OwnedDescriptor) -> LockOwner? {
        // Only a message gets worse where any of this cannot be read.
        guard let status = try? file.status(), let table = try? read("/proc/locks", limit: 16 << 20) else { return nil }
        let devices = [device(status.device), mountDevice(file)].compactMap(\.self)
        guard let pid = holder(in: table, devices: devices, inode: status.inode) else { return nil }
        return LockOwner(pid: pid, command: command(of: pid))
    }

    /// How an error names it.
    public static func explain(_ file: borrowing OwnedDescriptor) -> String {
        guard let owner = find(file) else { return "couldn't find who owns the lock" }
        return "lock owned by pid \(owner.pid) (\(owner.command))"
    }

    /// The pid in the line `N: FLOCK ADVISORY WRITE PID MAJOR:MINOR:INODE START END` of the file.
    static func holder(in table: [UInt8], devices: [String], inode: UInt64) -> Int32? {
        let places = devices.map { "\($0):\(inode)" }
        for line in table.split(separator: 0x0a) {
            let fields = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
            guard fields.count >= 6, fields[1] == "FLOCK", places.contains(fields[5]) else { continue }
            if let pid = Int32(fields[4]), pid > 0 { return pid }
        }
        return nil
    }

    /// As the kernel prints a device: two digits of hexadecimal at least.
    private static func device(_ number: UInt64) -> String {
        let major = (number >> 8) & 0xfff | (number >> 32) & ~0xfff
        let minor = number & 0xff | (number >> 12) & 0xffff_ff00
        return "\(hexadecimal(major)):\(hexadecimal(minor))"
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return text.utf8.count < 2 ? "0\(text)" : text
    }

    /// The device of the whole file system: some (btrfs) give stat(2) another one for each part.
    private static func mountDevice(_ file: borrowing OwnedDescriptor) -> String? {
        guard let info = try? read(FilePath("/proc/self/fdinfo/\(file.raw)"), limit: 65_536),
            let table = try? read("/proc/self/mountinfo", limit: 16 << 20)
        else { return nil }
        let id = words(info).drop { $0 != "mnt_id:" }.dropFirst().first
        for line in table.split(separator: 0x0a) {
            let fields = words(line)
            guard fields.count > 2, fields[0] == id else { continue }
            let numbers = fields[2].split(separator: ":").compactMap { UInt64($0) }
            return numbers.count == 2 ? numbers.map(hexadecimal).joined(separator: ":") : nil
        }
        return nil
    }

    private static func words(_ bytes: some Collection<UInt8>) -> [String] {
        bytes.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0a }.map { String(decoding: $0, as: UTF8.self) }
    }

    private static func command(of pid: Int32) -> ByteString {
        let bytes = (try? read(FilePath("/proc/\(pid)/cmdline"), limit: 4 << 20)) ?? []
        let text = bytes.reversed().drop { $0 == 0 }.reversed().map { $0 == 0 ? 0x20 : $0 }
        return ByteString(text.count > 200 ? text.prefix(200) + Array("...".utf8) : text)
    }

    private static func read(_ path: FilePath, limit: Int) throws(SystemError) -> [UInt8] {
        try OwnedDescriptor.open(path).readToEnd(limit: limit)
    }
}
