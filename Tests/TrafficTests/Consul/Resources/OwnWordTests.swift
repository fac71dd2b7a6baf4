import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// What Consul's own entry proves of a custom resource that consul-k8s says nothing new of.
@Suite struct OwnWordTests {
    private let made: JSON = [
        "Kind": "service-splitter", "Name": "web", "Namespace": "default", "ModifyIndex": 31,
        "Meta": ["external-source": "kubernetes"],
        "Splits": [["Weight": 80.0, "ServiceSubset": "web-a"], ["Weight": 20, "ServiceSubset": "web-b"]],
    ]

    private func word(_ own: JSON?, on weights: KeyValuePairs<String, Int>) async -> String? {
        let consul = ScriptedConsul { _ in own.map { .consul(200, $0.text) } }
        let router = ConsulRouter(ConsulSettings(address: "http://consul:8500"), sender: consul)
        let name = EntryName(kind: .splitter, service: "web", scope: ConsulScope(), namespace: "shop")
        let word = await router.ownWord(on: ConsulEntry(name, of: splitterObject(weights)))
        await router.close()
        return word
    }

    @Test func theSameEntryIsAProof() async {
        let word = await word(made, on: ["web-a": 80, "web-b": 20])
        #expect(word == "service-splitter web says the same at index 31")
    }

    @Test func anotherEntryNoneOrSomebodyElsesIsNone() async {
        #expect(await word(made, on: ["web-a": 70, "web-b": 30]) == nil)
        #expect(await word(made, on: ["web-a": 80]) == nil)
        #expect(await word(nil, on: ["web-a": 80, "web-b": 20]) == nil)
        var foreign = made
        foreign["Meta"] = ["owner": "somebody"]
        #expect(await word(foreign, on: ["web-a": 80, "web-b": 20]) == nil)
    }

    @Test(
        arguments: [
            (["a": 1, "b": [1, 2]], ["a": 1.0, "b": [1, 2]], true), (["a": 1], ["a": 1, "b": 0], true),
            (["a": 1, "b": ["c": ""], "d": "0s"], ["a": 1], true),
            (["a": 1], ["a": 1, "b": ["c": "d"]], false),
            (["a": ["b": "c", "d": "e"]], ["a": ["b": "c"]], false), ([1, 2], [1], false),
            (["a": nil], ["a": [:]], true), (["a": true], ["a": false], false), ([0], [], false),
        ] as [(JSON, JSON, Bool)])
    func onlyWhatSaysNothingMayBeLeftOut(one: JSON, other: JSON, isSame: Bool) {
        #expect(one.agrees(with: other) == isSame && other.agrees(with: one) == isSame)
    }
}
