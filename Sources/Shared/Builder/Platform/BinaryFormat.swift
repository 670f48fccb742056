import Diagnostics

/// A program that the kernel starts for programs in a format of others, as `/proc/sys/fs/binfmt_misc` lists it.
///
/// Source: Linux, Documentation/admin-guide/binfmt-misc.rst.
struct BinaryFormat: Hashable {
    var isEnabled = false
    /// Whether the kernel holds the interpreter open, so that it is found inside of any root file system.
    var isFixed = false
    private var offset = 0
    private var magic: [UInt8] = []
    private var mask: [UInt8] = []

    init(parsing text: [UInt8]) {
        for line in text.split(separator: 0x0a) {
            let words = line.split(separator: 0x20).map { ByteString($0) }
            guard let first = words.first else { continue }
            let value = words.count > 1 ? words[1] : ""
            switch first {
            case "enabled": isEnabled = true
            case "flags:": isFixed = value.bytes.contains(UInt8(ascii: "F"))
            case "offset": offset = value.utf8Text.flatMap { Int($0) } ?? .max
            case "magic": magic = Self.bytes(value)
            case "mask": mask = Self.bytes(value)
            default: break
            }
        }
    }

    /// Whether it is for programs that begin like this.
    func matches(_ header: ProgramHeader) -> Bool {
        guard isEnabled, !magic.isEmpty, (0...header.bytes.count).contains(offset),
            header.bytes.count - offset >= magic.count, mask.isEmpty || mask.count == magic.count
        else { return false }
        let masks = mask.isEmpty ? [UInt8](repeating: 0xff, count: magic.count) : mask
        return zip(header.bytes[offset...], zip(magic, masks)).allSatisfy { byte, wanted in
            byte & wanted.1 == wanted.0 & wanted.1
        }
    }

    private static func bytes(_ digits: ByteString) -> [UInt8] {
        let values = digits.bytes.compactMap { byte -> UInt8? in
            switch byte {
            case 0x30...0x39: byte - 0x30
            case 0x61...0x66: byte - 0x61 + 10
            default: nil
            }
        }
        guard values.count == digits.count, values.count.isMultiple(of: 2) else { return [] }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}
