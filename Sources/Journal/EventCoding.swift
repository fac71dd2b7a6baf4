import Foundation
import Rollouts

/// Events as JSON text. Keys are sorted, so that equal events are equal text.
enum EventCoding {
    private static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return encoder
    }()

    private static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return decoder
    }()

    static func text(of entry: Entry) throws(JournalError) -> String {
        do {
            return String(decoding: try encoder.encode(entry.event), as: UTF8.self)
        } catch {
            throw Record.unfit(entry, "\(error)")
        }
    }

    static func event(from text: String) throws -> Event {
        try decoder.decode(Event.self, from: Data(text.utf8))
    }

    /// Whether it is JSON at all: then it is a newer headgate's event rather than damage.
    static func isJSON(_ text: String) -> Bool {
        do {
            _ = try JSONSerialization.jsonObject(with: Data(text.utf8))
            return true
        } catch {
            return false
        }
    }
}
