import Rollouts
import Testing
import Transport

@testable import Engine
@testable import Traffic

/// Namespaces and partitions, which Consul Enterprise has and no other.
@Suite(.timeLimit(.minutes(1))) struct ConsulEnterpriseTests {
    private func router(_ consul: ScriptedConsul) -> ConsulRouter {
        ConsulRouter(
            ConsulSettings(address: "http://consul:8500", settle: .zero), sender: consul,
            sleep: { _ in try await Task.sleep(for: .milliseconds(2)) })
    }

    @Test func namespaceAndPartitionAreSaidInEveryQuestionAndEveryEntry() async throws {
        let consul = ScriptedConsul { request in
            if request.url.hasSuffix("/v1/agent/self") {
                return .consul(200, #"{"Config":{"Version":"1.17.0+ent"}}"#)
            }
            if request.url.contains("/v1/health/") { return .consul(200, "[{}]") }
            return request.method == .put ? .consul(200, "true") : nil
        }
        let router = router(consul)
        let target = try consulTarget { $0.scope = ConsulScope(namespace: "shop", partition: "eu") }
        let rule = send("staff", RequestMatch(headers: [FieldMatch(name: "x-staff", value: .exact("1"))]))
        let receipt = try await router.write(consulWrite(try split(20, rules: [rule]), target))
        #expect(receipt.text.contains("service-splitter eu/shop/web"))
        let questions = consul.requests.filter { !$0.url.hasSuffix("/v1/agent/self") }
        #expect(questions.allSatisfy { $0.url.contains("ns=shop") && $0.url.contains("partition=eu") })
        #expect(questions.contains { $0.url.contains("/v1/health/connect/web") })
        let entries = questions.filter { $0.method == .put }.compactMap(\.json)
        #expect(
            Set(entries.compactMap { $0["Kind"]?.string })
                == ["service-defaults", "service-resolver", "service-splitter", "service-router"])
        #expect(entries.allSatisfy { $0["Namespace"] == "shop" && $0["Partition"] == "eu" })
        await router.close()
    }

    @Test func aTokenOfTheEnterpriseEditionIsToldItsRuleInItsPlace() async throws {
        let consul = ScriptedConsul { request in
            if request.url.hasSuffix("/v1/agent/self") {
                return .consul(200, #"{"Config":{"Version":"1.17.0+ent"}}"#)
            }
            return request.method == .put ? .consul(403, "Permission denied") : nil
        }
        let router = router(consul)
        let target = try consulTarget {
            ($0.filters, $0.failsOver, $0.proto) = ([], false, nil)
            $0.scope = ConsulScope(namespace: "shop", partition: "eu")
        }
        let failure = await #expect(throws: RouteFailure.self) {
            try await router.write(consulWrite(.all(to: .a), target, isRollback: true))
        }
        let rule = #"partition "eu" { namespace "shop" { service "web" { policy = "write" } } }"#
        #expect(failure?.message.hasSuffix("add to the token's policy: \(rule)") == true)
        await router.close()
    }

    /// As 1.11 to 1.17 give it: names bear the namespace and the partition, and so do targets.
    @Test func aChainOfTheEnterpriseEditionIsRead() {
        let chain: JSON = [
            "ServiceName": "web", "Namespace": "shop", "Partition": "eu", "Protocol": "http",
            "StartNode": "splitter:web.shop.eu",
            "Nodes": [
                "splitter:web.shop.eu": [
                    "Type": "splitter", "Name": "web.shop.eu",
                    "Splits": [
                        ["Weight": 80, "NextNode": "resolver:a.web.shop.eu.dc1"],
                        ["Weight": 20, "NextNode": "resolver:b.web.shop.eu.dc1"],
                    ],
                ],
                "resolver:a.web.shop.eu.dc1": [
                    "Type": "resolver", "Resolver": ["Target": "a.web.shop.eu.dc1"],
                ],
                "resolver:b.web.shop.eu.dc1": [
                    "Type": "resolver",
                    "Resolver": [
                        "Target": "b.web.shop.eu.dc1", "Failover": ["Targets": ["a.web.shop.eu.dc1"]],
                    ],
                ],
            ],
            "Targets": [
                "a.web.shop.eu.dc1": ["ServiceSubset": "a", "Namespace": "shop", "Subset": ["Filter": "x"]],
                "b.web.shop.eu.dc1": ["ServiceSubset": "b", "Namespace": "shop", "Subset": ["Filter": "y"]],
            ],
        ]
        let compiled = CompiledChain(chain, of: "web")
        #expect(compiled.splits == ["a": 8_000, "b": 2_000] && compiled.refuges == ["b": "a"])
        #expect(compiled.filters == ["a": "x", "b": "y"])
    }

    /// 1.8.7 passes over a partition in a query and writes where there is only one; told in the entry, it declines.
    @Test func aConsulThatKnowsNoneIsToldNothing() async throws {
        let consul = ScriptedConsul { request in
            request.url.hasSuffix("/v1/agent/self") ? .consul(200, #"{"Config":{"Version":"1.17.0"}}"#) : nil
        }
        let router = router(consul)
        let target = try consulTarget { $0.scope = ConsulScope(namespace: "shop", partition: "eu") }
        let failure = await #expect(throws: RouteFailure.self) {
            try await router.write(consulWrite(try split(20), target))
        }
        #expect(
            failure?.kind == .rejected && failure?.message.contains("things of Consul Enterprise") == true)
        #expect(consul.requests.count == 1)
        await router.close()
    }
}
