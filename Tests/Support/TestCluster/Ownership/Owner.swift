import Transport

/// Who owns fields: an entry of `metadata.managedFields` without its fields.
struct Owner: Hashable, Sendable {
    let name: String
    /// `Apply` or `Update`
    let operation: String
    let apiVersion: String
    let subresource: String?

    var isApplier: Bool { operation == "Apply" }

    /// An applier is the same whichever version it applies with.
    func isSame(as other: Owner) -> Bool {
        name == other.name && operation == other.operation && subresource == other.subresource
            && (isApplier || apiVersion == other.apiVersion)
    }

    /// As conflicts name it.
    var shown: String {
        let place = subresource.map { " with subresource \"\($0)\"" } ?? ""
        return "\"\(name)\"" + place + (isApplier ? "" : " using \(apiVersion)")
    }
}

/// What one owner has, and since when.
struct Ownership: Hashable, Sendable {
    var owner: Owner
    var fields: FieldSet
    var time: String

    init(_ owner: Owner, _ fields: FieldSet, at time: String) {
        self.owner = owner
        self.fields = fields
        self.time = time
    }

    init(_ json: JSON) {
        owner = Owner(
            name: json["manager"]?.string ?? "", operation: json["operation"]?.string ?? "",
            apiVersion: json["apiVersion"]?.string ?? "", subresource: json["subresource"]?.string)
        fields = FieldSet(fieldsV1: json["fieldsV1"] ?? [:])
        time = json["time"]?.string ?? ""
    }

    var json: JSON {
        var entry: JSON = [
            "manager": JSON(owner.name), "operation": JSON(owner.operation),
            "apiVersion": JSON(owner.apiVersion), "time": JSON(time), "fieldsType": "FieldsV1",
            "fieldsV1": fields.fieldsV1,
        ]
        entry["subresource"] = owner.subresource.map(JSON.string)
        return entry
    }
}
