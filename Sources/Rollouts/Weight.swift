/// A share of the traffic in millionths, between nothing and all of it.
package struct Weight: Hashable, Sendable, Comparable {
    package let millionths: UInt32

    package static let none = Weight(millionths: 0)
    package static let all = Weight(millionths: 1_000_000)

    private init(millionths: UInt32) {
        self.millionths = millionths
    }

    /// Nil above 100 %.
    package init?(checking millionths: UInt32) {
        guard millionths <= Self.all.millionths else { return nil }
        self.millionths = millionths
    }

    /// Nil below 0 and above 100.
    package init?(percent: Int) {
        guard (0...100).contains(percent) else { return nil }
        millionths = UInt32(percent) * 10_000
    }

    /// Nil below 0.00 % and above 100.00 %.
    package init?(hundredthsOfPercent hundredths: Int) {
        guard (0...10_000).contains(hundredths) else { return nil }
        millionths = UInt32(hundredths) * 100
    }

    /// What is left for the other side.
    package var complement: Weight { Weight(millionths: Self.all.millionths - millionths) }

    /// What is left of it; nothing where more is taken than there is.
    package func minus(_ other: Weight) -> Weight {
        Weight(millionths: millionths - min(millionths, other.millionths))
    }

    package var percent: Double { Double(millionths) / 10_000 }

    package static func < (left: Weight, right: Weight) -> Bool {
        left.millionths < right.millionths
    }
}

extension Weight: CustomStringConvertible {
    /// `5%`, `12.5%`, `0.01%`: exact, without trailing zeros.
    package var description: String {
        let (whole, fraction) = (millionths / 10_000, millionths % 10_000)
        guard fraction > 0 else { return "\(whole)%" }
        var digits = String(repeating: "0", count: 4 - String(fraction).count) + String(fraction)
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(whole).\(digits)%"
    }
}

extension Weight: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let weight = Weight(checking: try container.decode(UInt32.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "more than all traffic")
        }
        self = weight
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(millionths)
    }
}
