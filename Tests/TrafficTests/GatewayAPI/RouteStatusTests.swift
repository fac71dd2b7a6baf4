import Testing
import Transport

@testable import Traffic

/// What is made of what controllers say of a route.
@Suite struct RouteStatusTests {
    @Test func acceptedIsWhatIsAcceptedInThisVersionByEveryParent() {
        let status = status(generation: 3, parents: ["edge", "mesh"], of: ["edge": 3, "mesh": 3])
        #expect(
            status.verdict(expected: true)
                == .accepted([
                    "istio.io/gateway-controller for Gateway edge",
                    "istio.io/gateway-controller for Gateway mesh",
                ]))
    }

    @Test func whoHasOnlySeenTheLastVersionIsWaitedFor() {
        let status = status(generation: 3, parents: ["edge"], of: ["edge": 2])
        #expect(
            status.verdict(expected: true)
                == .awaited(["istio.io/gateway-controller for Gateway edge"], isSure: true))
    }

    @Test func nothingIsAssumedWhereNobodySpeaks() {
        let status = status(generation: 3, parents: ["edge", "mesh"], of: ["edge": 3])
        #expect(status.verdict(expected: true) == .awaited(["Gateway mesh"], isSure: true))
        #expect(status.verdict(expected: false) == .awaited(["Gateway mesh"], isSure: false))
    }

    @Test func aConditionWithoutAVersionConfirmsNothing() {
        let status = status(generation: 3, parents: ["edge"], of: ["edge": nil])
        #expect(
            status.verdict(expected: true) == .undated(["istio.io/gateway-controller for Gateway edge"]))
    }

    @Test(arguments: [
        ("ResolvedRefs", "False", 3 as Int?, true), ("ResolvedRefs", "False", nil, false),
        ("PartiallyInvalid", "True", 3, true), ("Accepted", "False", 3, true),
    ])
    func aRefusalIsAsGoodAsItsVersion(type: String, value: String, generation: Int?, isCurrent: Bool) {
        var object = object(generation: 3, parents: ["edge"], of: ["edge": 3])
        var condition: JSON = [
            "type": .string(type), "status": .string(value), "reason": "BackendNotFound",
            "message": "no Service web-b",
        ]
        condition["observedGeneration"] = generation.map { JSON($0) }
        object.setSecondCondition { $0 = condition }
        let words =
            "istio.io/gateway-controller for Gateway edge: \(type) is \(value), BackendNotFound: no Service web-b"
        #expect(RouteStatus(object).verdict(expected: true) == .refused(words, isCurrent: isCurrent))
    }

    @Test func aRefusalOfTheLastVersionIsNoneOfThisOne() {
        var object = object(generation: 3, parents: ["edge"], of: ["edge": 2])
        object.setSecondCondition { $0["status"] = "False" }
        guard case .awaited = RouteStatus(object).verdict(expected: true) else {
            Issue.record("the controller has not looked at this version yet")
            return
        }
    }

    private func status(generation: Int, parents: [String], of known: [String: Int?]) -> RouteStatus {
        RouteStatus(object(generation: generation, parents: parents, of: known))
    }

    private func object(generation: Int, parents: [String], of known: [String: Int?]) -> JSON {
        let entries = known.sorted { $0.key < $1.key }.map { name, observed -> JSON in
            let conditions = ["Accepted", "ResolvedRefs"].map { type -> JSON in
                var condition: JSON = ["type": .string(type), "status": "True", "reason": .string(type)]
                condition["observedGeneration"] = observed.map { JSON($0) }
                return condition
            }
            return [
                "parentRef": ["kind": "Gateway", "name": .string(name)],
                "controllerName": "istio.io/gateway-controller", "conditions": .array(conditions),
            ]
        }
        return [
            "metadata": ["generation": JSON(generation)],
            "spec": ["parentRefs": .array(parents.map { ["kind": "Gateway", "name": .string($0)] })],
            "status": ["parents": .array(entries)],
        ]
    }
}

extension JSON {
    /// Of the first parent.
    fileprivate mutating func setSecondCondition(_ change: (inout JSON) -> Void) {
        guard var parents = self["status"]["parents"]?.array, var entry = parents.first,
            var conditions = entry["conditions"]?.array
        else { return }
        change(&conditions[1])
        entry["conditions"] = .array(conditions)
        parents[0] = entry
        self["status"]["parents"] = .array(parents)
    }
}
