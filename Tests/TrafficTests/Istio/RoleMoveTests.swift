import Testing

@testable import Traffic

/// Two subsets, `stable` (0) and `canary` (1).
@Suite struct RoleMoveTests {
    @Test func namesThatAreTrueAreLeftAlone() {
        #expect(move(["v1", "v2"], ["v1", "v2"], [0, 1]) == .finish)
        // Nothing runs as a canary: it may stand for whatever it did.
        #expect(move(["v1", "v0"], ["v1", nil], [0]) == .finish)
    }

    @Test func aCanarySubsetThatCarriesNothingIsPointedAtTheNewRelease() {
        #expect(move(["v1", "v1"], ["v1", "v2"], [0]) == .point([1: "v2"]))
    }

    @Test func atAPromotionTheIdleStableSubsetFollows() {
        #expect(move(["v1", "v2"], ["v2", nil], [1]) == .point([0: "v2"]))
    }

    @Test func aSubsetThatCarriesIsRelievedFirst() {
        #expect(move(["v1", "v2"], ["v2", nil], [0]) == .gather(1))
        #expect(move(["v1", "v2"], ["v1", "v3"], [0, 1]) == .gather(0))
    }

    @Test func aSubsetOfAllPodsIsNarrowedUnderLoad() {
        #expect(move([nil, nil], ["v1", "v2"], [0]) == .point([0: "v1", 1: "v2"]))
    }

    @Test func theIdleSubsetStandsInWhereNobodyIsTheStableReleases() {
        #expect(move(["v0", "v2"], ["v1", "v2"], [0]) == .point([1: "v1"]))
    }

    @Test func whereThereIsNoWayWithoutAGapItIsSaid() {
        #expect(move(["v8", "v9"], ["v1", "v2"], [0, 1]) == .stuck)
    }

    @Test func everyStateWithAnIdleSubsetComesToAnEnd() {
        let releases: [String?] = ["v1", "v2", "v3", nil]
        for stable in releases {
            for canary in releases {
                for carrying in [Set([0]), Set([1])] {
                    for wanted in [["v1", nil], ["v1", "v2"], ["v2", "v1"]] as [[String?]] {
                        follow([stable, canary], wanted, carrying)
                    }
                }
            }
        }
    }

    private func move(_ labels: [String?], _ wanted: [String?], _ carrying: Set<Int>) -> RoleMove {
        RoleMove(labels: labels, wanted: wanted, carrying: carrying)
    }

    /// No subset that carries ever changes its release, and after a few moves the names are true.
    private func follow(_ start: [String?], _ wanted: [String?], _ first: Set<Int>) {
        var (labels, carrying) = (start, first)
        for _ in 1...6 {
            switch move(labels, wanted, carrying) {
            case .finish: return
            case .gather(let backend): carrying = [backend]
            case .point(let releases):
                for (backend, release) in releases {
                    #expect(!carrying.contains(backend) || labels[backend] == nil)
                    labels[backend] = release
                }
            case .stuck:
                Issue.record("stuck at \(labels), carrying \(carrying), on the way to \(wanted)")
                return
            }
        }
        Issue.record("no end from \(start) to \(wanted)")
    }
}
