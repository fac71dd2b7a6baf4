import Lab

/// Something that a story promises, with the numbers that were seen.
struct DemoClaim: Codable {
    let text: String
    let holds: Bool

    init(_ text: String, holds: Bool) {
        self.text = text
        self.holds = holds
    }
}

/// What a load saw between two looks.
struct DemoWindow {
    let before: LoadResult
    let after: LoadResult

    func claim(_ kind: String, see release: String) -> DemoClaim {
        let answers = answers(kind)
        let all = answers.values.reduce(0, +)
        let there = answers[release] ?? 0
        return DemoClaim("\(kind): \(there) of \(all) by \(release)", holds: all > 0 && there == all)
    }

    func claimNobodyMoved(_ kind: String) -> DemoClaim {
        let moves = count(kind, in: after) - count(kind, in: before)
        let all = answers(kind).values.reduce(0, +)
        return DemoClaim(
            "\(kind) that changed sides in \(all) requests: \(moves)", holds: all > 0 && moves == 0)
    }

    /// 200 users at 30 % have a standard deviation of 3.2 points; four of them are never left by chance.
    func claimShare(of release: String, among kind: String, about share: Double) -> DemoClaim {
        let answers = answers(kind)
        let all = max(answers.values.reduce(0, +), 1)
        let seen = Double(answers[release] ?? 0) / Double(all)
        let percent = (seen * 1_000).rounded() / 10
        return DemoClaim("share of \(release): \(percent) %", holds: abs(seen - share) < 0.13)
    }

    /// Five standard deviations of so many requests, and never none at all.
    func claimWeight(of release: String, among kind: String, isAbout share: Double) -> DemoClaim {
        let answers = answers(kind)
        let (there, all) = (answers[release] ?? 0, max(answers.values.reduce(0, +), 1))
        let deviation = (share * (1 - share) / Double(all)).squareRoot()
        let seen = Double(there) / Double(all)
        return DemoClaim(
            "at \(Int(share * 100)) %: \(there) of \(all) requests by \(release)",
            holds: there > 0 && abs(seen - share) <= 5 * deviation)
    }

    private func answers(_ kind: String) -> [String: Int] {
        let earlier = before.kinds[kind]?.byRelease ?? [:]
        let later = after.kinds[kind]?.byRelease ?? [:]
        return later.merging(earlier) { $0 - $1 }.filter { $0.value > 0 }
    }

    private func count(_ kind: String, in result: LoadResult) -> Int {
        result.kinds[kind]?.moves.values.reduce(0, +) ?? 0
    }
}
