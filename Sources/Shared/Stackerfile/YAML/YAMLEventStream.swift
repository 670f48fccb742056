internal import CYAML
import Diagnostics

/// libyaml's parser over bytes in memory.
///
/// Owns the parser and the bytes; every event that libyaml allocates is copied and freed before `next` returns.
@safe struct YAMLEventStream: ~Copyable {
    /// On the heap, because libyaml keeps a pointer to the parser inside the parser.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let source: ExpandedText

    /// - Precondition: The text has no fault: libyaml's decoder never sees a byte that it would refuse.
    /// - Throws: `Malformed` where memory is short.
    init(_ source: ExpandedText) throws(Malformed) {
        let bytes = source.text.bytes[source.text.start...]
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            throw Malformed(message: "out of memory", mark: .start, note: nil, substituted: [])
        }
        unsafe self.parser = unsafe parser
        unsafe input = UnsafeMutableBufferPointer.allocate(capacity: max(bytes.count, 1))
        _ = unsafe input.initialize(fromContentsOf: bytes)
        self.source = source
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// What libyaml says is wrong, and where.
    struct Malformed: Error {
        let message: String
        let mark: Mark
        /// What it was reading when it stopped, and where that began.
        let note: (message: String, mark: Mark)?
        /// What substitutions put there.
        let substituted: Set<ExpandedText.Piece.Kind>
    }

    /// The next event; not to be called after `streamEnd` or an error.
    mutating func next() throws(Malformed) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw malformed() }
        defer { unsafe yaml_event_delete(&event) }
        return YAMLEvent(
            kind: unsafe Self.kind(of: event), mark: unsafe mark(event.start_mark),
            textOffset: unsafe source.text.mark(atScalar: Int(clamping: event.start_mark.index)).offset,
            substituted: unsafe substituted(event.start_mark, event.end_mark))
    }

    private func mark(_ mark: yaml_mark_t) -> Mark { source.mark(atScalar: Int(clamping: mark.index)) }

    private func substituted(_ start: yaml_mark_t, _ end: yaml_mark_t) -> Set<ExpandedText.Piece.Kind> {
        source.substituted(fromScalar: Int(clamping: start.index), toScalar: Int(clamping: end.index))
    }

    private func malformed() -> Malformed {
        guard let problem = unsafe parser.pointee.problem else {
            return Malformed(message: "out of memory", mark: .start, note: nil, substituted: [])
        }
        var note: (String, Mark)?
        let place = unsafe parser.pointee.problem_mark
        var substituted = substituted(place, place)
        if let context = unsafe parser.pointee.context {
            let start = unsafe parser.pointee.context_mark
            note = (unsafe String(cString: context), mark(start))
            substituted.formUnion(self.substituted(start, start))
        }
        return Malformed(
            message: unsafe String(cString: problem), mark: mark(place), note: note, substituted: substituted)
    }

    private static func kind(of event: yaml_event_t) -> YAMLEvent.Kind {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT: return .alias(unsafe name(event.data.alias.anchor) ?? "")
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return .sequenceStart(
                YAMLProperties(anchor: unsafe name(start.anchor), tag: unsafe name(start.tag)))
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return .mappingStart(
                YAMLProperties(anchor: unsafe name(start.anchor), tag: unsafe name(start.tag)))
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                text: ByteString(unsafe Array(bytes)), isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE,
                YAMLProperties(anchor: unsafe name(scalar.anchor), tag: unsafe name(scalar.tag)))
        default: return .streamEnd
        }
    }

    /// Anchors and tags cannot hold a NUL: libyaml ends them at characters that may not be part of them.
    private static func name(_ text: UnsafeMutablePointer<UInt8>?) -> ByteString? {
        guard let text = unsafe text else { return nil }
        return ByteString(unsafe String(cString: text))
    }
}
