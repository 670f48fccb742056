import Diagnostics

/// One step of reading a YAML stream, copied out of libyaml.
struct YAMLEvent {
    let kind: Kind
    let mark: Mark
    /// Where it begins in the text that was parsed, in bytes.
    let textOffset: Int
    /// What substitutions put into it.
    let substituted: Set<ExpandedText.Piece.Kind>

    enum Kind {
        case streamStart, streamEnd, documentStart, documentEnd, sequenceEnd, mappingEnd
        case alias(ByteString)
        case scalar(text: ByteString, isPlain: Bool, YAMLProperties)
        case sequenceStart(YAMLProperties)
        case mappingStart(YAMLProperties)
    }
}
