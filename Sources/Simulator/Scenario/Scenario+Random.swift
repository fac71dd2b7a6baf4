import Analysis
import Rollouts

extension Scenario {
    /// A scenario that the dice make up: one to three rollouts, their plans, some releases, and what people
    /// do.
    package static func random(_ dice: inout Dice, _ faults: Faults) -> Scenario {
        let names = (0..<(dice.happens(0.8) ? 1 : dice.between(2, 3))).map { RolloutName("shop-\($0)") }
        let manifests = names.map { name in
            let clusters = ["web-a", "web-b", "web-c", "web-d"].prefix(dice.happens(0.7) ? 2 : 4)
            return Declaration.random(named: name, between: Array(clusters), &dice)
        }
        var scenario = Scenario(name: "random", manifests: manifests)
        scenario.planes = dice.between(1, 3)
        // Envoy's JSON costs ten times as much as all the rest.
        scenario.mesh = dice.happens(0.125) ? .envoy : .interface
        scenario.jobsPerBackend = dice.pick([1, 2, 16])
        scenario.addReleases(&dice, faults)
        scenario.addFreezes(&dice)
        scenario.addMishaps(&dice, faults)
        scenario.deeds.sort { $0.at < $1.at }
        return scenario
    }

    private var minutes: Int { Int(calmAfter / .seconds(60)) }

    private mutating func add(_ deed: Deed, within minute: Int, _ dice: inout Dice) {
        let at = Duration.seconds(60) * minute + dice.duration(.zero, .seconds(60))
        deeds.append((at, deed))
    }

    /// v1 is the first stable release; some of the later ones are bad, or go bad.
    private mutating func addReleases(_ dice: inout Dice, _ faults: Faults) {
        for number in 2...12 where dice.happens(0.4) {
            let delay = dice.happens(0.5) ? Duration.zero : dice.duration(.seconds(10), calmAfter)
            health["v\(number)"] = Health(badFrom: Self.start + delay)
        }
        for manifest in manifests {
            deeds.append((.seconds(1), .wish(.start(release: "v1"), manifest.name, by: "ci")))
            deeds.append((.seconds(20), .wish(.start(release: "v2"), manifest.name, by: "ci")))
            addWishes(of: manifest, &dice, faults)
        }
    }

    mutating func addWishes(of manifest: Declaration, _ dice: inout Dice, _ faults: Faults) {
        var last = 2
        for minute in 1..<minutes {
            if dice.happens(faults.releases) {
                last = dice.happens(0.7) ? last + 1 : dice.between(1, last)
                add(
                    .wish(.start(release: "v\(min(last, 12))"), manifest.name, by: "ci"), within: minute,
                    &dice)
            }
            if dice.happens(faults.commands) {
                add(.wish(.random(for: manifest, &dice), manifest.name, by: "alice"), within: minute, &dice)
            }
            if dice.happens(faults.edits) {
                let names = manifest.traffic.backends.names
                add(.edit(.random(named: manifest.name, between: names, &dice)), within: minute, &dice)
            }
            if dice.happens(faults.tampering) {
                add(.tamper(manifest.name, .random(&dice)), within: minute, &dice)
            }
        }
    }

    private mutating func addFreezes(_ dice: inout Dice) {
        guard dice.happens(0.2) else { return }
        let from = Self.start + dice.duration(.zero, calmAfter)
        let freeze = Freeze(
            name: "year-end", reason: "holidays", until: from + dice.duration(.seconds(10), .seconds(300)))
        freezes.append((from, freeze))
    }

    mutating func addMishaps(_ dice: inout Dice, _ faults: Faults) {
        for minute in 0..<minutes {
            if dice.happens(faults.diskFull) { add(.diskFull(.random(&dice)), within: minute, &dice) }
            if dice.happens(faults.meshOutage) { add(.meshOutage(.random(&dice)), within: minute, &dice) }
            if dice.happens(faults.storeOutage) { add(.storeOutage(.random(&dice)), within: minute, &dice) }
            if dice.happens(faults.restarts) { add(.crash, within: minute, &dice) }
        }
        guard dice.happens(faults.rival) else { return }
        add(.rival(hasCopy: dice.happens(0.5), for: .random(&dice)), within: dice.between(1, 8), &dice)
    }
}

extension Duration {
    /// Of a mishap.
    fileprivate static func random(_ dice: inout Dice) -> Duration {
        dice.duration(.seconds(1), dice.happens(0.8) ? .seconds(20) : .seconds(120))
    }
}

extension Route {
    /// What a passer-by might set.
    fileprivate static func random(_ dice: inout Dice) -> Route {
        let weight = Weight(percent: dice.between(0, 100)) ?? .none
        return Route(weight, to: dice.pick([.a, .b]), rest: dice.pick([.a, .b]))
    }
}

extension Command {
    /// What a person might wish at any time.
    fileprivate static func random(for manifest: Declaration, _ dice: inout Dice) -> Command {
        let arms = manifest.plan.arms ?? []
        switch dice.between(0, 13) {
        case 0...3: return .promote(from: dice.happens(0.3) ? dice.between(0, 4) : nil)
        case 4: return .promoteFully(arm: arms.isEmpty ? nil : dice.pick(arms))
        case 5: return .pause
        case 6: return .resume
        case 7: return .abort(why: "a whim")
        case 8: return .retry
        case 9: return .undo(to: dice.happens(0.5) ? nil : "v\(dice.between(1, 3))")
        case 10: return .overrideFreeze(reason: "urgent")
        case 11: return .keep
        case 12: return .unqueue
        default: return dice.pick([.withdraw, .keep, .keep, .unqueue, .resume])
        }
    }
}
