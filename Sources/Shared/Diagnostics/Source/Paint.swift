/// Terminal colours, or none of them.
struct Paint {
    let isOn: Bool

    static let red = "1;31"
    static let yellow = "1;33"
    static let green = "1;32"
    static let cyan = "1;36"

    func bold(_ text: String) -> String { self("1", text) }

    func callAsFunction(_ code: String, _ text: String) -> String {
        isOn ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
