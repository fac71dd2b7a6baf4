import Kubernetes
import Transport

/// The smallest JSON patch that we know of from one tree to another: leaves where leaves differ.
///
/// A patch of leaves shows people and `kubectl` what was changed, and leaves every field alone that this
/// project does not know. Items of a list are the same item where they bear the same name, or say the same.
func edits(from old: JSON, to new: JSON, at path: String = "") -> [PatchOperation] {
    switch (old, new) {
    case _ where old.means(new): []
    case (.object(let old), .object(let new)): memberEdits(from: old, to: new, at: path)
    case (.array(let old), .array(let new)): itemEdits(from: old, to: new, at: path)
    default: [.replace(path, new)]
    }
}

/// A step of a JSON pointer: `headgate.dev/web` becomes `headgate.dev~1web`.
func pointer(_ path: String, _ key: String) -> String {
    path + "/" + key.replacing("~", with: "~0").replacing("/", with: "~1")
}

private func memberEdits(
    from old: [String: JSON], to new: [String: JSON], at path: String
) -> [PatchOperation] {
    Set(old.keys).union(new.keys).sorted().flatMap { key -> [PatchOperation] in
        let place = pointer(path, key)
        return switch (old[key], new[key]) {
        case (let old?, let new?): edits(from: old, to: new, at: place)
        case (_?, nil): [.remove(place)]
        case (nil, let new?): [.add(place, new)]
        case (nil, nil): []
        }
    }
}

/// What leaves goes first, from the end, so that no index moves under an operation that is still to come.
private func itemEdits(from old: [JSON], to new: [JSON], at path: String) -> [PatchOperation] {
    let pairs = sameItems(old, new)
    let kept = Set(pairs.map(\.old))
    let removals = old.indices.reversed().filter { !kept.contains($0) }.map {
        PatchOperation.remove("\(path)/\($0)")
    }
    let partners = Dictionary(uniqueKeysWithValues: pairs.map { ($0.new, old[$0.old]) })
    let rest = new.enumerated().flatMap { index, item in
        let place = "\(path)/\(index)"
        return partners[index].map { edits(from: $0, to: item, at: place) } ?? [.add(place, item)]
    }
    return removals + rest
}

private typealias Pair = (old: Int, new: Int)

/// Pairs in the order of both lists. Between two that are surely the same, items are paired one by one: there
/// is nothing that tells them apart better than their order.
private func sameItems(_ old: [JSON], _ new: [JSON]) -> [Pair] {
    let anchors = commonItems(old.map(identity), new.map(identity))
    var pairs: [Pair] = []
    var start: Pair = (0, 0)
    for anchor in anchors + [(old.count, new.count)] {
        let count = min(anchor.old - start.old, anchor.new - start.new)
        // A named item never becomes one of another name: it goes, and the other one comes.
        pairs += (0..<count).map { (start.old + $0, start.new + $0) }.filter {
            old[$0.0]["name"] == nil && new[$0.1]["name"] == nil
        }
        if anchor.old < old.count, anchor.new < new.count { pairs.append(anchor) }
        start = (anchor.old + 1, anchor.new + 1)
    }
    return pairs
}

private func identity(of item: JSON) -> JSON {
    item["name"] ?? item
}

/// The longest common subsequence.
private func commonItems(_ old: [JSON], _ new: [JSON]) -> [Pair] {
    var lengths = [[Int]](repeating: [Int](repeating: 0, count: new.count + 1), count: old.count + 1)
    for i in old.indices.reversed() {
        for j in new.indices.reversed() {
            let skipped = max(lengths[i + 1][j], lengths[i][j + 1])
            lengths[i][j] = old[i].means(new[j]) ? max(lengths[i + 1][j + 1] + 1, skipped) : skipped
        }
    }
    return path(through: lengths) { old[$0].means(new[$1]) }
}

private func path(through lengths: [[Int]], _ isSame: (Int, Int) -> Bool) -> [Pair] {
    var (i, j, pairs) = (0, 0, [Pair]())
    while i < lengths.count - 1, j < lengths[0].count - 1 {
        if isSame(i, j), lengths[i][j] == lengths[i + 1][j + 1] + 1 {
            pairs.append((i, j))
            (i, j) = (i + 1, j + 1)
        } else if lengths[i + 1][j] >= lengths[i][j + 1] {
            i += 1
        } else {
            j += 1
        }
    }
    return pairs
}

extension JSON {
    /// Whether both say the same: an API server gives `5.0` back as `5`.
    func means(_ other: JSON) -> Bool {
        switch (self, other) {
        case (.object(let one), .object(let other)):
            one.count == other.count && one.allSatisfy { key, value in other[key]?.means(value) == true }
        case (.array(let one), .array(let other)):
            one.count == other.count && zip(one, other).allSatisfy { $0.means($1) }
        case (.integer, .number), (.number, .integer): number == other.number
        default: self == other
        }
    }
}
