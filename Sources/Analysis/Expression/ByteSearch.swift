extension [UInt8] {
    /// Where the run begins, from left to right; side by side, unless they may overlap. An empty run is found
    /// once, at the beginning.
    ///
    /// Knuth, Morris and Pratt: linear, because both may come from outside.
    func places(of run: [UInt8], atMost limit: Int = .max, mayOverlap: Bool = false) -> [Int] {
        guard !run.isEmpty else { return [0] }
        let borders = run.borders
        var (places, matched) = ([Int](), 0)
        for (index, byte) in enumerated() where places.count < limit {
            while matched > 0, run[matched] != byte { matched = borders[matched - 1] }
            if run[matched] == byte { matched += 1 }
            guard matched == run.count else { continue }
            places.append(index + 1 - run.count)
            matched = mayOverlap ? borders[matched - 1] : 0
        }
        return places
    }

    /// For each prefix, the length of its longest proper prefix that is also its suffix.
    private var borders: [Int] {
        var borders = [0]
        var length = 0
        for byte in dropFirst() {
            while length > 0, self[length] != byte { length = borders[length - 1] }
            if self[length] == byte { length += 1 }
            borders.append(length)
        }
        return borders
    }
}
