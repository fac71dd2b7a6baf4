/// Says that a name is unknown, what was probably meant, and what there is:
/// ``unknown key `setWieght`; did you mean `setWeight`? known: analysis, pause, setWeight``.
package func unknown(_ what: String, _ shown: String, _ name: String, _ known: [String]) -> String {
    let list = known.isEmpty ? "none" : known.joined(separator: ", ")
    let start = "unknown \(what) \(shown); "
    guard let meant = nearest(to: name, in: known) else { return start + "known: \(list)" }
    return start + "did you mean `\(meant)`? known: \(list)"
}

/// The one of `names` that `name` is a slip of the fingers away from.
func nearest(to name: String, in names: [String]) -> String? {
    guard name.utf8.count <= shownMax else { return nil }
    let slipsMax = max(1, name.utf8.count / 3)
    let distances = names.map { (name: $0, slips: slips($0.lowercased(), name.lowercased())) }
    return distances.filter { $0.slips <= slipsMax }.min { $0.slips < $1.slips }?.name
}

/// How many letters have to be inserted, left out, changed, or swapped with their neighbour (optimal string
/// alignment distance).
private func slips(_ one: String, _ other: String) -> Int {
    let one = Array(one.utf8)
    let other = Array(other.utf8)
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for row in one.indices {
        var current = [row + 1]
        for column in other.indices {
            let change = last[column] + (one[row] == other[column] ? 0 : 1)
            var best = min(change, last[column + 1] + 1, current[column] + 1)
            let areSwapped =
                row > 0 && column > 0 && one[row] == other[column - 1] && one[row - 1] == other[column]
            if areSwapped { best = min(best, beforeLast[column - 1] + 1) }
            current.append(best)
        }
        (beforeLast, last) = (last, current)
    }
    return last[other.count]
}
