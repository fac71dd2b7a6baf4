import Transport

/// What a schema demands of a value beside its type.
struct SchemaLimits: Sendable {
    let choices: [JSON]?
    let minimum: Double?
    let maximum: Double?
    let lengthMin: Int?
    let lengthMax: Int?
    let itemsMin: Int?
    let itemsMax: Int?
    let membersMin: Int?
    let membersMax: Int?
    let pattern: String?
    /// `int32`, `int64`, `date-time` …
    let format: String?

    init(_ json: JSON) {
        choices = json["enum"]?.array
        minimum = json["minimum"]?.number
        maximum = json["maximum"]?.number
        lengthMin = json["minLength"]?.integer
        lengthMax = json["maxLength"]?.integer
        itemsMin = json["minItems"]?.integer
        itemsMax = json["maxItems"]?.integer
        membersMin = json["minProperties"]?.integer
        membersMax = json["maxProperties"]?.integer
        pattern = json["pattern"]?.string
        format = json["format"]?.string
    }
}
