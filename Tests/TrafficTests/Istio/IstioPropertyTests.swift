import Engine
import Rollouts
import Testing
import Transport

@testable import Traffic

/// Random routes, one after the other, on one object.
@Suite struct IstioPropertyTests {
    @Test(arguments: 0..<150) func whateverIsWantedTheObjectBearsItAndTheUsersPartStays(seed: UInt64) throws {
        var dice = SeededDice(seed)
        let count = dice.pick(2...4)
        let names = Array(["a", "b", "c", "d"].prefix(count))
        let target = try istioTarget(names)
        let weights = [100] + [Int](repeating: 0, count: count - 1)
        let original = virtualService(names, weights: weights)
        var object = original
        for since in 1...Rollouts.Sequence(4) {
            let route = randomRoute(&dice, count)
            let write = istioWrite(route, target, since: since, occupants: [.a: "v1", .b: "v2"])
            object = try routed(write, on: object)
            try check(object, bears: write, original)
        }
        // At rest, nothing of it is left but the spelling of the weights.
        let rest = try routed(istioWrite(.all(to: .a), target, since: 9), on: object)
        #expect(try strippedOfWeights(rest) == strippedOfWeights(original))
    }

    private func check(_ object: JSON, bears write: RouteWrite, _ original: JSON) throws {
        let shares = write.route.shares
        let units = object.weights().map { $0 ?? 0 }
        let expected = Place.allCases.prefix(units.count).map { shares[$0] ?? .none }
        #expect(Units.mean(units, expected))
        #expect([10_000, 1_000_000, 100].contains(units.reduce(0, +)))
        #expect(zip(units, expected).allSatisfy { ($0 == 0) == ($1 == .none) })
        #expect(object.http.allSatisfy { $0["route"]?.array?.isEmpty == false }, "a route without backends")
        #expect(object.http.allSatisfy(isServed))
        #expect(object.names.filter { !$0.hasPrefix("headgate-") } == ["health", "primary", "rest"])
        #expect(object.route(named: "health") == original.route(named: "health"))
        #expect(object.route(named: "rest") == original.route(named: "rest"))
        #expect(object["spec"]["hosts"] == original["spec"]["hosts"])
        #expect(try plan(write, on: object).writes.isEmpty, "a second apply writes nothing")
        #expect(ObservedRoute.route(try sight(write, on: object), write.target) == write.route)
    }

    /// Several destinations have a weight that is not nothing among them.
    private func isServed(_ route: JSON) -> Bool {
        let items = route["route"]?.array ?? []
        return items.count == 1 || items.contains { ($0["weight"]?.integer ?? 0) > 0 }
    }

    private func strippedOfWeights(_ object: JSON) throws -> [JSON] {
        object.http.map { route in
            var route = route
            route["route"] = route["route"]?.array.map { items in
                .array(
                    items.map { item in
                        var item = item
                        item["weight"] = nil
                        return item
                    })
            }
            return route
        }
    }

    private func randomRoute(_ dice: inout SeededDice, _ count: Int) -> Route {
        let places = Array(Place.allCases.prefix(count))
        let isFine = dice.chance(0.3)
        let given = places.dropFirst().map { place -> (place: Place, weight: Weight) in
            let millionths = UInt32(dice.pick(0...(isFine ? 400_000 : 4_000))) * (isFine ? 1 : 100)
            return (place, Weight(checking: millionths) ?? .none)
        }
        let rules = (0..<dice.pick(0...3)).map { number in
            RouteRule(
                name: "r\(number)", matches: dice.chance(0.8) ? [match(&dice)] : [],
                deed: dice.chance(0.5) ? .send : .mirror(Weight(percent: dice.pick(1...100)) ?? .all),
                place: places[dice.pick(0...count - 1)])
        }
        let stickiness = dice.chance(0.3) ? Stickiness(cookie: "user", maxAge: .seconds(60)) : nil
        return Route(giving: given, rest: .a, rules: rules, stickiness: stickiness)
    }

    private func match(_ dice: inout SeededDice) -> RequestMatch {
        switch dice.pick(0...3) {
        case 0: betaHeader
        case 1: RequestMatch(path: .prefix("/p\(dice.pick(0...9))"))
        case 2: RequestMatch(query: [FieldMatch(name: "q", value: .regex("[0-9]+"))], method: .exact("PUT"))
        default: RequestMatch(host: .exact("web.example"))
        }
    }
}

extension ObservedRoute {
    static func route(_ sight: IstioSight, _ target: TrafficTarget) -> Route? {
        ObservedRoute(sight, target)?.route
    }
}
