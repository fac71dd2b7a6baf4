import Analysis
import Manifests
import Rollouts
import Testing

/// The providers beside Prometheus and jobs: what a document says, and what is made of it.
struct ProviderTests {
    private static let ours = "headgate.dev/v1alpha1"
    private static let argos = "argoproj.io/v1alpha1"
    private static let arguments =
        "[{name: path, value: a b}, {name: token, valueFrom: {secretKeyRef: {name: app, key: token}}}]"

    private func set(
        _ provider: String, condition: String = "result > 1", _ version: String = ours
    ) -> ManifestSet {
        load([
            "r.yaml": """
            apiVersion: \(version)
            kind: Rollout
            metadata: {name: checkout, namespace: shop}
            spec: {strategy: {canary: {steps: [{analysis: {templates: [{templateName: t}]}}]}}}
            """,
            "t.yaml": """
            apiVersion: \(version)
            kind: AnalysisTemplate
            metadata: {name: t}
            spec:
              args: \(Self.arguments)
              metrics: [{name: m, successCondition: "\(condition)", provider: {\(provider)}}]
            """,
        ])
    }

    private func query(_ provider: String, _ version: String = ours) -> Query? {
        let set = set(provider, condition: "len(result) > 1", version)
        #expect(set.errors == [])
        guard case .analysis(let metrics) = set.declarations.first?.plan.steps.first else { return nil }
        return metrics.first?.query
    }

    @Test(arguments: [ours, argos])
    func aWebMetricHasArgosDefaults(version: String) {
        #expect(
            query("web: {url: 'http://app/m'}", version)
                == Query(provider: "web", text: "http://app/m", timeout: .seconds(10)))
    }

    @Test(arguments: [ours, argos])
    func whatAWebMetricSaysIsFilledInEverywhere(version: String) {
        let query = query(
            """
            web: {url: 'http://app/{{args.path}}?key={{args.token}}', method: POST, timeoutSeconds: 20,
              jsonPath: '{$.rate}', insecure: true, headers: [{key: Content-Type, value: a/b}],
              jsonBody: {of: '{{args.path}}', n: 5, deep: [{key: '{{args.token}}'}, null, 0.5, true]},
              authentication: {oauth2: {tokenUrl: 'https://id/t', clientId: me, clientSecret: '{{args.token}}'}}}
            """, version)
        #expect(query?.text == "http://app/a b?key={{secret.args.token}}")
        #expect(query?.timeout == .seconds(20))
        #expect(query?.headers == [RequestHeader(name: "Content-Type", value: "a/b")])
        let token = Value.string("{{secret.args.token}}")
        let body: [String: Value] = [
            "of": .string("a b"), "n": .int(5),
            "deep": .array([.map(["key": token]), .none, .float(0.5), .bool(true)]),
        ]
        let client: [String: Value] = [
            "tokenUrl": .string("https://id/t"), "clientId": .string("me"), "clientSecret": token,
            "scopes": .array([]),
        ]
        #expect(
            query?.details
                == .map([
                    "method": .string("POST"), "jsonPath": .string("{$.rate}"), "insecure": .bool(true),
                    "jsonBody": .map(body), "authentication": .map(["oauth2": .map(client)]),
                ]))
        let secret = SecretReference(namespace: "shop", name: "app", key: "token")
        #expect(query?.secrets == ["args.token": secret])
    }

    @Test func aProgramIsCalledByItsNameInTheConfiguration() {
        let query = query(
            "exec: {command: [rate, --of, '{{args.path}}'], env: {TOKEN: '{{args.token}}'}, output: text, timeout: 5s}"
        )
        #expect(query?.text == "rate --of a b")
        #expect(query?.timeout == .seconds(5))
        #expect(
            query?.details
                == .map([
                    "command": .array([.string("rate"), .string("--of"), .string("a b")]),
                    "env": .map(["TOKEN": .string("{{secret.args.token}}")]), "output": .string("text"),
                ]))
        #expect(query?.secrets?.keys.sorted() == ["args.token"])
    }

    @Test(arguments: [
        "result > 1", "result.ok && result.rate < 0.1", "result == 'It worked!'", "result[0].a == nil",
        "all(result.values, {asFloat(.value) >= 9900})", "default(result, 0) < 5", "len(result) == 0",
    ])
    func aConditionMayAskForAnyShapeOfADocument(condition: String) {
        #expect(set("web: {url: 'http://app/m'}", condition: condition).errors == [])
    }

    /// What Argo Rollouts assumes where nothing is written.
    @Test(arguments: [ours, argos])
    func theVendorsStoresHaveArgosDefaults(version: String) {
        let datadog = query("datadog: {query: 'avg:{{args.path}}'}", version)
        #expect(datadog?.text == "avg:a b")
        #expect(datadog?.timeout == .seconds(10))
        #expect(datadog?.details == .map(["apiVersion": .string("v1"), "interval": .int(300)]))
        #expect(
            query("newRelic: {query: SELECT 1}", version)
                == Query(provider: "newRelic", text: "SELECT 1", timeout: .seconds(5)))
        #expect(
            query("graphite: {address: 'http://g', query: target=a}", version)
                == Query(provider: "graphite", address: "http://g", text: "target=a", timeout: .seconds(10)))
        #expect(
            query("influxdb: {profile: eu, query: from()}", version)
                == Query(
                    provider: "influxdb", text: "from()", timeout: .seconds(30),
                    details: .map(["account": .string("eu")])))
    }

    @Test(arguments: [ours, argos])
    func queriesOfDatadogKeepTheirNames(version: String) {
        let query = query(
            "datadog: {apiVersion: v2, queries: {a: 'x:{{args.path}}', b: y}, formula: a / b, secretRef: {name: eu}}",
            version)
        #expect(query?.text == "a / b")
        #expect(
            query?.details
                == .map([
                    "apiVersion": .string("v2"), "account": .string("eu"), "aggregator": .string("last"),
                    "interval": .int(300), "formula": .string("a / b"),
                    "queries": .map(["a": .string("x:a b"), "b": .string("y")]),
                ]))
    }

    @Test(arguments: [ours, argos])
    func queriesOfCloudWatchTakeAmazonsNames(version: String) {
        let query = query(
            """
            cloudWatch: {interval: 10m, metricDataQueries: [{id: r, expression: e / 2}, {id: e, returnData: false,
              metricStat: {period: 60, stat: Sum, metric: {namespace: Shop, metricName: Errors,
                dimensions: [{name: Service, value: '{{args.path}}'}]}}}]}
            """, version)
        #expect(query?.text == "r, e")
        let metric: Value = .map([
            "Namespace": .string("Shop"), "MetricName": .string("Errors"),
            "Dimensions": .array([.map(["Name": .string("Service"), "Value": .string("a b")])]),
        ])
        let stat: Value = .map(["Metric": metric, "Period": .string("60"), "Stat": .string("Sum")])
        #expect(
            query?.details
                == .map([
                    "interval": .int(600),
                    "queries": .array([
                        .map(["Id": .string("r"), "Expression": .string("e / 2")]),
                        .map(["Id": .string("e"), "ReturnData": .bool(false), "MetricStat": stat]),
                    ]),
                ]))
    }

    @Test(arguments: ["influxdb: {query: a, database: b}", "graphite: {query: a, timeout: 5s}"])
    func whatOnlyOursSaysArgosDoesNot(provider: String) {
        #expect(set(provider, condition: "len(result) > 1").errors == [])
        #expect(set(provider, condition: "len(result) > 1", Self.argos).errors != [])
    }

    @Test(arguments: [
        ("web: {}", "missing `url`"), ("web: {url: app}", "it begins with http:// or https://"),
        ("web: {url: 'http://u:hidden@app/'}", "a password has no place here"),
        ("web: {url: 'http://a{{args.token}}/x'}", "an address can't take anything from a release"),
        ("web: {url: 'http://app', method: DELETE}", "unknown name \"DELETE\""),
        ("web: {url: 'http://app', body: x}", "a GET has no body"),
        ("web: {url: 'http://app', method: PUT, body: x, jsonBody: {}}", "only one of them can be meant"),
        ("web: {url: 'http://app', jsonPath: $.a}", "is no path: at character 1: a path stands in braces"),
        ("web: {url: 'http://app', jsonPath: '{$.a[}'}", "is no path: at character 6"),
        ("web: {url: 'http://app', timeoutSeconds: 0}", "0 is less than 1"),
        ("web: {url: 'http://app', headers: [{key: Host, value: x}]}", "Host is set by the request itself"),
        ("exec: {command: []}", "names no command"), ("exec: {}", "missing `command`"),
        ("exec: {command: [a, '{{args.token}}']}", "a secret has no place in a command"),
        ("exec: {command: [a], jsonPath: '{$}'}", "jsonPath goes with `output: json`"),
        ("exec: {command: [a], output: yaml}", "unknown name \"yaml\""),
        ("exec: {command: [a], env: {'A=B': c}}", "a variable's name"),
        ("exec: {command: a}", "expected a list"),
        ("graphite: {}", "missing `query`"), ("influxdb: {}", "missing `query`"),
        ("newRelic: {query: ''}", "empty"),
        ("datadog: {}", "needs one of: query, queries"),
        ("datadog: {query: a, formula: b}", "formula goes with `apiVersion: v2`"),
        ("datadog: {query: a, apiVersion: v2, formula: b}", "a formula is about `queries`"),
        ("datadog: {queries: {a: b}}", "queries goes with `apiVersion: v2`"),
        ("datadog: {queries: {a: b, c: d}, apiVersion: v2}", "come to one value by a `formula`"),
        ("datadog: {query: a, queries: {a: b}, apiVersion: v2}", "only one of them can be meant"),
        ("datadog: {query: a, aggregator: median, apiVersion: v2}", "unknown name \"median\""),
        ("cloudWatch: {metricDataQueries: []}", "asks for nothing"),
        ("cloudWatch: {metricDataQueries: [{id: a}]}", "needs one of: expression, metricStat"),
        (
            "cloudWatch: {metricDataQueries: [{id: a, expression: b}, {id: a, expression: c}]}",
            "two queries with the same id"
        ),
    ])
    func aProviderThatCannotBeAskedIsRefused(provider: String, message: String) {
        let found = set(provider).errors.map(\.description).filter { $0.hasPrefix("t.yaml:") }
        #expect(!found.isEmpty)
        #expect(found.allSatisfy { $0.contains(message) }, "\(found)")
        #expect(!found.joined().contains("hidden"))
    }

    @Test func whatHasNoCountersIsNotCompared() {
        let compared = load([
            "t.yaml": """
            apiVersion: headgate.dev/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: t}
            spec:
              metrics:
              - name: m
                provider: {web: {url: 'http://app'}}
                compare: {kind: errors, bad: b, total: t, arms: {label: l, canary: a, stable: b}}
            """
        ])
        #expect(compared.errors.count == 1)
        #expect(compared.errors.first?.description.contains("compare asks Prometheus for counters") == true)
    }

    @Test func argoKnowsNoPrograms() {
        let found = set("exec: {command: [a]}", Self.argos).errors.map(\.description)
        #expect(found.contains { $0.contains("unknown key `exec`") }, "\(found)")
    }

    @Test func aSecretThatStandsInTheDocumentIsWarnedOf() {
        let set = set(
            "prometheus: {query: up, authentication: {basicAuth: {username: me, password: sesame}}}",
            condition: "result[0] > 1")
        #expect(set.errors == [])
        #expect(set.diagnostics.count == 1)
        #expect(set.diagnostics.first?.description.contains("a secret stands in the document") == true)
        #expect(set.diagnostics.first?.description.contains("sesame") == false)
    }
}
