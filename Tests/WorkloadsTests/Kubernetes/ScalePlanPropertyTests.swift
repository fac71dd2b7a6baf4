import Analysis
import Engine
import Rollouts
import Testing
import Transport

@testable import Workloads

/// Orders that follow each other, pods that come when they like, and people who meddle: whatever is seen in between,
/// nothing that is wanted is taken down, and what is not comes down last.
@Suite struct ScalePlanPropertyTests {
    @Test(arguments: 0..<200)
    func theOrderOfThingsHolds(seed: UInt64) throws {
        var world = World(seed: seed)
        for since in UInt64(1)...8 {
            try world.live(through: world.order(since: since))
        }
    }
}

private struct World {
    private var dice: Dice
    private var sets: [String: Counts] = [:]
    private let seed: UInt64

    /// Of one image.
    struct Counts {
        var wanted: Int
        var available: Int
        var since: UInt64
        var revision: Int
    }

    init(seed: UInt64) {
        self.seed = seed
        dice = Dice(seed)
    }

    /// What exists may be wanted again; beside it only the manifest's release.
    mutating func order(since: UInt64) -> ScaleWrite {
        let image = "web:\(dice.roll(4))"
        var sizes = [image: 1 + dice.roll(5)]
        for other in sets.keys.sorted() where other != image && dice.roll(2) == 0 {
            sizes[other] = 1 + dice.roll(5)
        }
        return Sketch.order(sizes, since: since, image: image) { $0["revisionHistoryLimit"] = 1 }
    }

    mutating func live(through order: ScaleWrite) throws {
        let images = Dictionary(
            uniqueKeysWithValues: (0..<4).map { (Sketch.release("web:\($0)"), "web:\($0)") })
        let wanted = order.sizes.reduce(into: [:]) { $0[images[$1.key] ?? ""] = $1.value }
        for _ in 0..<100 {
            switch try Sketch.plan(order, replicaSets).progress() {
            case .done:
                check(wanted)
                guard case .done = try Sketch.plan(order, replicaSets).progress() else {
                    Issue.record("seed \(seed): the same order again writes")
                    return
                }
                return
            case .wait: progress()
            case .look: Issue.record("seed \(seed): there is nothing to look at")
            case .act(let deeds): for deed in deeds { carryOut(deed, order, wanted, images) }
            }
            // Half of the time something happens in between; a pod is lost, or gets ready.
            if dice.roll(2) == 0 { happen() }
        }
        Issue.record("seed \(seed): the order never ends")
    }

    private mutating func carryOut(
        _ deed: Deed, _ order: ScaleWrite, _ wanted: [String: Int], _ images: [String: String]
    ) {
        switch deed {
        case .create(let size, let revision):
            let image = images[order.target.release] ?? ""
            #expect(sets[image] == nil, "seed \(seed): made twice")
            sets[image] = Counts(wanted: size, available: 0, since: order.since, revision: revision)
        case .resize(let replicaSet, let size):
            let image = images[replicaSet.release] ?? ""
            let least = wanted[image] ?? 0
            #expect(size == least, "seed \(seed)")
            if size < sets[image]?.wanted ?? 0 {
                // As it was seen; what happened since is nobody's fault.
                #expect(replicaSet.wanted > least, "seed \(seed): taken below what is wanted")
            }
            sets[image]?.wanted = size
            let available = sets[image]?.available ?? 0
            sets[image]?.available = min(size, available)
            sets[image]?.since = order.since
        case .mark(let replicaSet): sets[images[replicaSet.release] ?? ""]?.since = order.since
        case .delete(let replicaSet):
            let image = images[replicaSet.release] ?? ""
            #expect(wanted[image] == nil && sets[image]?.wanted == 0, "seed \(seed): a wanted one is deleted")
            sets[image] = nil
        case .dress, .point, .evict, .shrink: Issue.record("seed \(seed): nobody asked for \(deed)")
        }
        if case .resize(let replicaSet, let size) = deed, size < replicaSet.wanted {
            checkThatAllIsUp(wanted)
        }
    }

    /// Before anything is taken down. What is lost between the look and the write is lost whatever is written.
    private func checkThatAllIsUp(_ wanted: [String: Int]) {
        for (image, size) in wanted {
            #expect(sets[image]?.wanted ?? 0 >= size, "seed \(seed): \(image) is not asked for yet")
        }
    }

    private func check(_ wanted: [String: Int]) {
        for (image, size) in wanted {
            #expect(sets[image]?.wanted == size && sets[image]?.available == size, "seed \(seed): \(image)")
        }
        for (image, counts) in sets where wanted[image] == nil {
            #expect(counts.wanted == 0, "seed \(seed): \(image) has instances that nobody wants")
        }
        #expect(sets.count <= wanted.count + 1, "seed \(seed): too many are kept")
    }

    private mutating func progress() {
        for image in sets.keys.sorted() where dice.roll(2) == 0 { sets[image]?.becomeReady() }
    }

    private mutating func happen() {
        guard let image = sets.keys.sorted().randomElement(using: &dice) else { return }
        if dice.roll(3) == 0, let available = sets[image]?.available, available > 0 {
            sets[image]?.available = available - 1
        } else {
            sets[image]?.becomeReady()
        }
    }

    private var replicaSets: [ReplicaSet] {
        sets.map { image, counts in
            .sketch(
                image, wanted: counts.wanted, available: counts.available, revision: counts.revision,
                since: counts.since)
        }
    }
}

extension World.Counts {
    fileprivate mutating func becomeReady() {
        available = min(wanted, available + 1)
    }
}
