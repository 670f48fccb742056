/// One `key: value`.
struct YAMLEntry: Sendable {
    let key: YAMLNode
    let value: YAMLNode
}
