/// The escapes of workflow commands of GitHub Actions, without which a text could end its command and begin another.
enum WorkflowCommand {
    static func data(_ text: String) -> String { escape(text, [0x25, 0x0d, 0x0a]) }

    static func property(_ text: String) -> String { escape(text, [0x25, 0x0d, 0x0a, 0x3a, 0x2c]) }

    private static func escape(_ text: String, _ special: Set<UInt8>) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            guard special.contains(byte) else {
                bytes.append(byte)
                continue
            }
            let hex = String(byte, radix: 16, uppercase: true)
            bytes += Array("%\(hex.utf8.count == 1 ? "0" : "")\(hex)".utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
