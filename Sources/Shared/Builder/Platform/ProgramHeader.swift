/// The beginning of a program of an architecture, which is what the kernel tells programs by.
///
/// Source: elf(5), `Elf64_Ehdr`; numbers of machines from `<linux/elf-em.h>`.
struct ProgramHeader {
    let bytes: [UInt8]

    private struct Machine {
        var number: UInt8
        var isWide = true
        var isBigEndian = false
    }

    private static let machines: [String: Machine] = [
        "386": Machine(number: 3, isWide: false),
        "amd64": Machine(number: 62),
        "arm": Machine(number: 40, isWide: false),
        "arm64": Machine(number: 183),
        "mips": Machine(number: 8, isWide: false, isBigEndian: true),
        "mipsle": Machine(number: 8, isWide: false),
        "mips64": Machine(number: 8, isBigEndian: true),
        "mips64le": Machine(number: 8),
        "ppc64": Machine(number: 21, isBigEndian: true),
        "ppc64le": Machine(number: 21),
        "riscv64": Machine(number: 243),
        "s390x": Machine(number: 22, isBigEndian: true),
    ]

    /// `nil` where the architecture, in the words of Go's `GOARCH`, is none that Linux programs are known of here.
    init?(architecture: String) {
        guard let machine = Self.machines[architecture] else { return nil }
        let width: UInt8 = machine.isWide ? 2 : 1
        let order: UInt8 = machine.isBigEndian ? 2 : 1
        func number(_ value: UInt8) -> [UInt8] { machine.isBigEndian ? [0, value] : [value, 0] }
        // Identification, then the type (an executable), the machine and the version.
        let start: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, width, order, 1, 0] + [UInt8](repeating: 0, count: 8)
        let version: [UInt8] = machine.isBigEndian ? [0, 0, 0, 1] : [1, 0, 0, 0]
        let head = start + number(2) + number(machine.number) + version
        // Without a single segment no kernel and no emulator starts it.
        bytes = head + [UInt8](repeating: 0, count: 256 - head.count)
    }
}
