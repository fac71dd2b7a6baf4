package import Foundation

extension History {
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Inf", negativeInfinity: "-Inf", nan: "NaN")
        return try encoder.encode(self)
    }

    /// - Throws: a `Complaint` where it is no history.
    package init(json: Data) throws {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Inf", negativeInfinity: "-Inf", nan: "NaN")
        do {
            self = try decoder.decode(History.self, from: json)
        } catch {
            throw Complaint("is no history; write one with headgate backtest --save")
        }
        guard format == Self.format else {
            throw Complaint("is a history of another format, \(format); write one anew with --save")
        }
        guard counters.allSatisfy(\.isSound) else {
            throw Complaint("is a history whose counters make no sense; write one anew with --save")
        }
        guard numbers.allSatisfy({ $0.stepMicroseconds > 0 }), until > from else {
            throw Complaint("is a history that ends before it begins; write one anew with --save")
        }
    }
}
