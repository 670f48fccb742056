import Diagnostics

/// What may stand before a value: `&anchor` and `!tag`.
struct YAMLProperties {
    let anchor: ByteString?
    let tag: ByteString?
}
