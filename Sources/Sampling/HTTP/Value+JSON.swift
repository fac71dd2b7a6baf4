package import Analysis
package import Transport

extension Value {
    /// A document as a measurement has it: all numbers are floats, as Go reads them.
    package init(measured json: JSON) {
        switch json {
        case .null: self = .none
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .float(Double(number))
        case .number(let number): self = .float(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .array(items.map(Value.init(measured:)))
        case .object(let members): self = .map(members.mapValues(Value.init(measured:)))
        }
    }

    /// What a document says, as it is sent. What JSON has no word for is null.
    package var json: JSON {
        switch self {
        case .none, .groups, .time, .duration: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .integer(number)
        case .float(let number): number.isFinite ? .number(number) : .null
        case .string(let text): .string(text)
        case .array(let elements): .array(elements.map(\.json))
        case .map(let members): .object(members.mapValues(\.json))
        }
    }
}
