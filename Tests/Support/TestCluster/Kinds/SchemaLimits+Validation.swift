import Foundation
import Transport

extension SchemaLimits {
    func faults(in value: JSON, at path: String) -> [Fault] {
        choiceFaults(in: value, at: path) + numberFaults(in: value, at: path)
            + textFaults(in: value, at: path) + countFaults(in: value, at: path)
    }

    private func choiceFaults(in value: JSON, at path: String) -> [Fault] {
        guard let choices, !choices.contains(value) else { return [] }
        let known = choices.map(\.text).joined(separator: ", ")
        return [
            Fault(
                reason: .notSupported, path: path,
                message: "Unsupported value: \(value.text): supported values: \(known)")
        ]
    }

    private func numberFaults(in value: JSON, at path: String) -> [Fault] {
        guard let number = value.number else { return [] }
        func says(_ what: String) -> Fault {
            Fault(
                reason: .invalid, path: path,
                message: "Invalid value: \(value.text): \(path) in body should be \(what)")
        }
        var faults: [Fault] = []
        if let minimum, number < minimum { faults.append(says("greater than or equal to \(short(minimum))")) }
        if let maximum, number > maximum { faults.append(says("less than or equal to \(short(maximum))")) }
        return faults + formatFaults(in: value, at: path)
    }

    private func formatFaults(in value: JSON, at path: String) -> [Fault] {
        guard let whole = value.integer, format == "int32", Int32(exactly: whole) == nil else { return [] }
        return [wrongFormat("int32", at: path)]
    }

    func wrongFormat(_ format: String, at path: String) -> Fault {
        Fault(
            reason: .invalid, path: nowhere,
            message:
                "Invalid value: \"\": Checked value must be of type integer with format \(format) in \(path)")
    }

    private func textFaults(in value: JSON, at path: String) -> [Fault] {
        guard let text = value.string else { return [] }
        let length = text.unicodeScalars.count
        var faults: [Fault] = []
        if let lengthMax, length > lengthMax {
            faults.append(
                Fault(
                    reason: .tooLong, path: path, message: "Too long: may not be more than \(lengthMax) bytes"
                ))
        }
        if let lengthMin, length < lengthMin {
            let unit = "\(path) in body should be at least \(lengthMin) chars long"
            faults.append(
                Fault(reason: .invalid, path: path, message: "Invalid value: \(value.text): \(unit)"))
        }
        if let pattern, !matches(text, pattern) {
            let rule = "\(path) in body should match '\(pattern)'"
            faults.append(
                Fault(reason: .invalid, path: path, message: "Invalid value: \(value.text): \(rule)"))
        }
        return faults
    }

    private func countFaults(in value: JSON, at path: String) -> [Fault] {
        let count = value.array?.count ?? value.object?.count
        guard let count else { return [] }
        let (least, most) = value.array == nil ? (membersMin, membersMax) : (itemsMin, itemsMax)
        let unit = value.array == nil ? "properties" : "items"
        if let most, count > most {
            return [
                Fault(
                    reason: .tooMany, path: path,
                    message: "Too many: \(count): must have at most \(most) \(unit)")
            ]
        }
        if let least, count < least {
            let rule = "\(path) in body should have at least \(least) \(unit)"
            return [
                Fault(reason: .invalid, path: path, message: "Invalid value: \(count): \(rule)")
            ]
        }
        return []
    }
}

/// Patterns of schemas are unanchored. One that can't be read accepts nothing, which no test can overlook.
private func matches(_ text: String, _ pattern: String) -> Bool {
    text.range(of: pattern, options: .regularExpression) != nil
}

private func short(_ number: Double) -> String { JSON.number(number).integer.map(String.init) ?? "\(number)" }
