import CYAML

/// libyaml's parser as a source of events over bytes that stay where they are while it lives.
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: UnsafeBufferPointer<UInt8>
    private let file: String

    init(_ bytes: UnsafeBufferPointer<UInt8>, file: String) {
        parser = .allocate(capacity: 1)
        self.bytes = bytes
        self.file = file
        // Its only failure is to get no memory, and a Swift process does not outlive that either.
        precondition(yaml_parser_initialize(parser) == 1, "libyaml got no memory")
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    /// The next event. Not to be asked again after an error or after the end of the stream.
    mutating func next() throws(Diagnostic) -> YAMLEvent {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            throw YAMLSyntaxError(parser.pointee).diagnostic(bytes, file: file)
        }
        defer { yaml_event_delete(&event) }
        let mark = YAMLMark(event.start_mark, file: file)
        guard let kind = YAMLEvent.Kind(event) else {
            throw Diagnostic(at: mark, "libyaml ended before the end of the file")
        }
        return YAMLEvent(kind: kind, mark: mark)
    }
}

extension YAMLMark {
    init(_ mark: yaml_mark_t, file: String) {
        self.init(file: file, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }
}

extension YAMLEvent.Kind {
    /// Nil for the event of a parser that has already ended.
    fileprivate init?(_ event: yaml_event_t) {
        switch event.type {
        case YAML_STREAM_START_EVENT: self = .streamStart
        case YAML_STREAM_END_EVENT: self = .streamEnd
        case YAML_DOCUMENT_START_EVENT: self = .documentStart
        case YAML_DOCUMENT_END_EVENT: self = .documentEnd
        case YAML_ALIAS_EVENT: self = .alias(text(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT: self.init(event.data.scalar)
        case YAML_SEQUENCE_START_EVENT:
            self = .sequenceStart(.init(event.data.sequence_start.anchor, event.data.sequence_start.tag))
        case YAML_SEQUENCE_END_EVENT: self = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            self = .mappingStart(.init(event.data.mapping_start.anchor, event.data.mapping_start.tag))
        case YAML_MAPPING_END_EVENT: self = .mappingEnd
        default: return nil
        }
    }

    private init(_ scalar: yaml_event_t.__Unnamed_union_data.__Unnamed_struct_scalar) {
        let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        self = .scalar(
            text: String(decoding: bytes, as: UTF8.self),
            style: scalar.style == YAML_PLAIN_SCALAR_STYLE ? .plain : .quoted,
            .init(scalar.anchor, scalar.tag))
    }
}

extension YAMLEvent.Properties {
    fileprivate init(_ anchor: UnsafePointer<yaml_char_t>?, _ tag: UnsafePointer<yaml_char_t>?) {
        self.init(anchor: text(anchor), tag: text(tag))
    }
}

private func text(_ characters: UnsafePointer<yaml_char_t>?) -> String? {
    characters.map { String(cString: $0) }
}
