import Analysis

extension StoreQuestion {
    /// The time that is asked about, in seconds since 1970: the `interval` before now.
    var span: (from: Int64, to: Int64) {
        let now = now.microseconds / 1_000_000
        guard case .int(let seconds)? = detail("interval") else { return (now - 300, now) }
        return (now - seconds, now)
    }
}
