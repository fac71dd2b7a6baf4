/// What libyaml's parser says next, and where that begins.
struct YAMLEvent {
    let kind: Kind
    let mark: YAMLMark

    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(text: String, style: YAMLScalar.Style, Properties)
        case sequenceStart(Properties)
        case sequenceEnd
        case mappingStart(Properties)
        case mappingEnd
    }

    /// What may be written before any node: `&anchor !tag`.
    struct Properties {
        let anchor: String?
        let tag: String?
    }
}
