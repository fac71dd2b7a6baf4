import Analysis
import Transport

/// Graphite's render API. A query is what stands behind `/render?`, as with Argo, or a target alone.
struct GraphiteDialect: StoreDialect {
    let kind = "graphite"

    func request(_ question: StoreQuestion) throws(SampleFailure) -> HTTPRequest {
        var form = Form.written(question.query.text)
        form.add("format", "json")
        return question.form(.get, question.address + "/render", form)
    }

    /// The points of the first target, without those that are null. No target is an empty list.
    func sample(
        _ question: StoreQuestion, from answers: [HTTPResponse]
    ) throws(SampleFailure) -> Sample {
        guard let targets = try answers[0].json().array else {
            throw SampleFailure.unreadable("no list of targets")
        }
        guard let first = targets.first else { return .value(.array([]), warnings: []) }
        guard let points = first["datapoints"]?.array else {
            throw SampleFailure.unreadable("a target without datapoints")
        }
        var values: [Value] = []
        for point in points {
            guard let value = point[0] else { throw SampleFailure.unreadable("a point without a value") }
            if value.isNull { continue }
            guard let number = value.number else {
                throw SampleFailure.unreadable("a point that is no number")
            }
            values.append(.float(number))
        }
        return .value(.array(values), warnings: [])
    }
}

extension Form {
    /// `target=…&from=-5min`, on as many lines as people like. The format is ours to choose.
    static func written(_ text: String) -> Form {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let parts = line.split(separator: "&").map { $0.split(separator: "=", maxSplits: 1) }
        let isTarget = !parts.contains { $0.first?.drop(while: \.isWhitespace) == "target" }
        if isTarget { return ["target": line] }
        let fields = parts.map { part in
            Field(name: formDecoded(part.first ?? ""), value: formDecoded(part.count > 1 ? part[1] : ""))
        }
        return Form(fields.filter { $0.name != "format" })
    }
}

extension Form: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Field(name: $0.0, value: $0.1) })
    }
}

/// What a part of a form stands for; a percent sign before no two digits stays what it is.
private func formDecoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        if byte == UInt8(ascii: "%"), digits.count == 2, let code = UInt8(digits, radix: 16) {
            bytes.append(code)
            rest = rest.dropFirst(2)
        } else {
            bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
    }
    return String(decoding: bytes, as: UTF8.self).trimmingBlanks
}
