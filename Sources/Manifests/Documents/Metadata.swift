/// The part of a document's `metadata` that means something here: its name and where that stands, and its labels.
struct Metadata {
    let name: String
    /// None where there are none.
    var labels: [String: String]?
    var namespace: String?
    let field: Field

    /// Nil, reported, when there is no usable name.
    static func read(_ document: inout Fields, _ dialect: Dialect, lengthMax: Int) -> Metadata? {
        document.required("metadata", .object { read(&$0, dialect, lengthMax) })
    }

    private static func read(_ fields: inout Fields, _ dialect: Dialect, _ lengthMax: Int) -> Metadata? {
        var metadata: Metadata? = fields.required("name") { field in
            field.read(.dnsName(lengthMax: lengthMax)).map { Metadata(name: $0, field: field) }
        }
        metadata?.namespace = fields.optional("namespace", in: dialect, .nonEmptyString)
        let labels = fields.optional("labels", in: dialect, .dictionary(of: .string))
        metadata?.labels = labels?.isEmpty == true ? nil : labels
        _ = fields.optional("annotations", in: dialect, .dictionary(of: .string))
        // What an API server adds to a document that is read back from it.
        fields.ignore(
            "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "finalizers",
            "generateName", "generation", "managedFields", "ownerReferences", "resourceVersion",
            "selfLink", "uid")
        return metadata
    }
}

extension Shape where Output == String {
    /// A name as Kubernetes has it, which is also fit to be a file's name and a part of a URL.
    static func dnsName(lengthMax: Int) -> Shape {
        string.refusing { dnsFlaw(of: $0, lengthMax: lengthMax) }.noting(.length(from: 1, to: lengthMax))
    }
}

private func dnsFlaw(of name: String, lengthMax: Int) -> String? {
    if name.isEmpty { return "is empty" }
    if name.utf8.count > lengthMax { return "\(quoted(name)) is longer than \(lengthMax) characters" }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if parts.allSatisfy(isDNSLabel) { return nil }
    return "\(quoted(name)) must be made of a-z, 0-9, - and ., and begin and end with a letter or digit"
}

private func isDNSLabel(_ label: Substring) -> Bool {
    guard let first = label.utf8.first, let last = label.utf8.last else { return false }
    let hyphen = UInt8(ascii: "-")
    return first != hyphen && last != hyphen
        && label.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), hyphen: true
            default: false
            }
        }
}
