package import Analysis
import Foundation

extension Moment {
    /// The clock on the wall: what an API server writes on objects is of that kind.
    package static func wall() -> Moment {
        Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
