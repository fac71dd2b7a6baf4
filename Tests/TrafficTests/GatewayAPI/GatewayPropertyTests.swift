import Engine
import Rollouts
import Testing
import Transport

@testable import Traffic

/// Random routes, one after the other, on one object.
@Suite struct GatewayPropertyTests {
    @Test(arguments: 0..<150) func whateverIsWantedTheObjectBearsItAndTheUsersPartStays(seed: UInt64) throws {
        var dice = SeededDice(seed)
        let count = dice.pick(2...4)
        let names = Array(["web-a", "web-b", "web-c", "web-d"].prefix(count))
        let target = try gatewayTarget(names: names)
        let original = storedRoute([
            rule(["probe": 1], path: "/health"), split(names), rule(["rest": 1], path: "/rest"),
        ])
        var object = original
        for since in 1...Rollouts.Sequence(4) {
            let write = gatewayWrite(randomRoute(&dice, count), target, since: since)
            object = try gatewayRouted(write, on: object)
            try check(object, bears: write, original)
        }
        // At rest, nothing of it is left but the spelling of the weights.
        let rest = try gatewayRouted(gatewayWrite(.all(to: .a), target, since: 9), on: object)
        #expect(rest.rules.map(\.withoutWeights) == original.rules.map(\.withoutWeights))
    }

    private func check(_ object: JSON, bears write: RouteWrite, _ original: JSON) throws {
        let read = try gatewayObject(write, on: object)
        let units = read.backends.weights(of: read.base[1]).map { $0 ?? -1 }
        let expected = Place.allCases.prefix(units.count).map { write.route.weight(of: $0) }
        #expect(Units.mean(units, expected))
        #expect(units.allSatisfy { $0 <= 1_000_000 }, "more than the API takes")
        #expect(object.rules.allSatisfy { !$0.backendRefs.isEmpty }, "a rule without backends")
        #expect(object.rules.allSatisfy { $0.backendRefs.contains { $0["weight"] != 0 } }, "nobody is served")
        #expect(read.base.map(\.withoutWeights) == original.rules.map(\.withoutWeights))
        #expect(object["spec"]["parentRefs"] == original["spec"]["parentRefs"])
        #expect(try GatewayPlan(write, [read], epoch: nil).writes.isEmpty, "a second apply writes nothing")
        #expect(ObservedRoute([read], write.target)?.route == write.route)
    }

    private func split(_ names: [String]) -> JSON {
        var rule = splitRule
        rule["timeouts"] = ["request": "2s"]
        rule["backendRefs"] = .array(
            names.map { ["name": .string($0), "port": 80, "weight": $0 == "web-a" ? 100 : 0] })
        return rule
    }

    /// Rules of one header each: narrower than the split, and none narrower than the other.
    private func randomRoute(_ dice: inout SeededDice, _ count: Int) -> Route {
        let places = Array(Place.allCases.prefix(count))
        let given = places.dropFirst().map { place in
            (place: place, weight: Weight(checking: UInt32(dice.pick(0...400_000))) ?? .none)
        }
        let rules = (0..<dice.pick(0...3)).map { number in
            let header = FieldMatch(name: "x-\(number)", value: dice.chance(0.5) ? .exact("1") : .prefix("v"))
            return RouteRule(
                name: "r\(number)", matches: dice.chance(0.8) ? [RequestMatch(headers: [header])] : [],
                deed: dice.chance(0.5) && number > 0
                    ? .mirror(Weight(percent: dice.pick(1...100)) ?? .all) : .mirror(.all),
                place: places[dice.pick(0...count - 1)])
        }
        let sends = dice.chance(0.5) ? [istioSend("beta", betaHeader)] : []
        let stickiness = dice.chance(0.3) ? Stickiness(cookie: "user", maxAge: .seconds(60)) : nil
        let isPlain = stickiness == nil || rules.allSatisfy(\.matches.isEmpty)
        return Route(
            giving: given, rest: .a, rules: sends + rules.filter { isPlain || $0.matches.isEmpty },
            stickiness: stickiness)
    }
}

extension JSON {
    fileprivate var withoutWeights: JSON {
        var rule = self
        rule.edit("backendRefs") { $0["weight"] = nil }
        return rule
    }
}
