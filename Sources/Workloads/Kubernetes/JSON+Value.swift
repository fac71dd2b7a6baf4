package import Analysis
package import Transport

extension Value {
    /// A document, as expressions and hashes have it.
    package init(_ json: JSON) {
        switch json {
        case .null: self = .none
        case .bool(let flag): self = .bool(flag)
        case .integer(let number): self = .int(number)
        case .number(let number): self = .float(number)
        case .string(let text): self = .string(text)
        case .array(let items): self = .array(items.map(Value.init))
        case .object(let members): self = .map(members.mapValues(Value.init))
        }
    }
}
