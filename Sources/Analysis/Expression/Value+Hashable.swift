/// By the equality of records: NaN is NaN, and the zeros of either sign are one.
extension Value: Hashable {
    package func hash(into hasher: inout Hasher) {
        switch self {
        case .none: hasher.combine(0)
        case .bool(let bool): hasher.combine(bool)
        case .int(let int): hasher.combine(int)
        case .float(let float): hasher.combine(float.isNaN ? .nan : float)
        case .string(let string): hasher.combine(string)
        case .array(let elements): hasher.combine(elements)
        case .map(let map): hasher.combine(map)
        case .groups(let groups): hasher.combine(groups.count)
        case .time(let nanoseconds): hasher.combine(nanoseconds)
        case .duration(let nanoseconds): hasher.combine(nanoseconds)
        }
    }
}
