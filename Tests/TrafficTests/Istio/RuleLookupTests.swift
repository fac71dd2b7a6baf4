import Testing
import Transport

@testable import Traffic

/// Which DestinationRules count for whom, worked out without a cluster.
@Suite struct RuleLookupTests {
    private let host = "web.shop.svc.cluster.local"

    private func rule(_ name: String, _ host: String, exportTo: [String] = []) -> JSON {
        let parts = name.split(separator: "/").map(String.init)
        var rule: JSON = [
            "metadata": ["namespace": .string(parts[0]), "name": .string(parts[1])],
            "spec": ["host": .string(host)],
        ]
        if !exportTo.isEmpty { rule["spec"]["exportTo"] = JSON(exportTo) }
        return rule
    }

    private func counting(_ rules: JSON..., from client: String? = "shop") -> [String] {
        RuleLookup(rules: rules, root: "istio-system").counting(for: host, in: "shop", from: client)
            .map { String($0.ruleTitle.dropFirst("DestinationRule ".count)) }
    }

    @Test func theCallersOwnGoesBeforeTheHostsAndThatBeforeTheRoots() {
        let (team, shop, root) = (
            rule("team/web", host), rule("shop/web", "web"), rule("istio-system/web", host)
        )
        #expect(counting(root, shop, team, from: "team") == ["team/web"])
        #expect(counting(root, shop, team, from: "other") == ["shop/web"])
        #expect(counting(root, team, from: "other") == ["istio-system/web"])
        #expect(counting(team, from: "other") == [])
    }

    @Test func whatIsNotExportedToACallerIsNotThereForIt() {
        let own = rule("shop/web", "web", exportTo: ["."])
        #expect(counting(own) == ["shop/web"])
        #expect(counting(own, rule("istio-system/web", host), from: "team") == ["istio-system/web"])
        #expect(counting(rule("shop/web", "web", exportTo: ["team"]), from: "team") == ["shop/web"])
        #expect(counting(rule("shop/web", "web", exportTo: ["team"]), from: nil) == [])
        #expect(counting(rule("shop/web", "web", exportTo: ["*"]), from: nil) == ["shop/web"])
    }

    @Test func theClosestHostOfANamespaceCountsAndAllOfOneHostTogether() {
        let all = rule("shop/all", "*.shop.svc.cluster.local")
        let everything = rule("shop/everything", "*.local")
        #expect(counting(all, everything) == ["shop/all"])
        #expect(counting(all, rule("shop/web", "web"), rule("shop/more", host)) == ["shop/web", "shop/more"])
        #expect(counting(rule("shop/other", "other"), rule("shop/dotted", "web.shop")) == [])
    }

    @Test func callersWithRulesOfTheirOwnAreKnownByThem() {
        let lookup = RuleLookup(
            rules: [
                rule("team/web", host), rule("shop/web", "web"), rule("istio-system/web", host),
                rule("far/web", host, exportTo: ["shop"]), rule("other/web", "web"),
            ], root: "istio-system")
        #expect(lookup.otherClients(of: host, in: "shop") == ["team"])
    }
}
