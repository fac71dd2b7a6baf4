import Transport

/// One pod, as far as it matters before a start.
struct PodSight: Hashable, Sendable {
    let name: String
    let namespace: String
    let labels: [String: String]
    let isReady: Bool
    let serviceAccount: String
    let annotations: [String: String]
    /// All of them, also those that run beside.
    let containers: Set<String>
    /// The numbers of ports that have a name.
    let ports: [String: Int]

    init(_ object: JSON) {
        name = object["metadata"]["name"]?.string ?? "?"
        namespace = object["metadata"]["namespace"]?.string ?? "default"
        labels = object["metadata"]["labels"].texts
        annotations = object["metadata"]["annotations"].texts
        serviceAccount = object["spec"]["serviceAccountName"]?.string ?? "default"
        let lists = ["containers", "initContainers"].flatMap { object["spec"][$0]?.array ?? [] }
        containers = Set(lists.compactMap { $0["name"]?.string })
        let named = lists.flatMap { $0["ports"]?.array ?? [] }.compactMap { port in
            port["name"]?.string.flatMap { name in port["containerPort"]?.integer.map { (name, $0) } }
        }
        ports = Dictionary(named) { first, _ in first }
        let conditions = object["status"]["conditions"]?.array ?? []
        let isLeaving = object["metadata"]["deletionTimestamp"] != nil
        isReady = !isLeaving && conditions.contains { $0["type"] == "Ready" && $0["status"] == "True" }
    }
}

extension JSON? {
    /// The members that are texts.
    var texts: [String: String] { (self?.object ?? [:]).compactMapValues(\.string) }
}

extension [String: String] {
    /// Whether labels have all of these. Without any, everything has.
    func selects(_ labels: [String: String]) -> Bool {
        allSatisfy { labels[$0.key] == $0.value }
    }

    /// `app=web,track=canary`
    var selectorText: String {
        sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }
}

extension JSON? {
    /// Whether a selector of labels, as most kinds have it, takes these.
    func selects(_ labels: [String: String]) -> Bool {
        let expressions = self["matchExpressions"]?.array ?? []
        return self["matchLabels"].texts.selects(labels) && expressions.allSatisfy { $0.holds(for: labels) }
    }
}

extension JSON {
    /// One expression of a selector. What is not known holds for nobody.
    fileprivate func holds(for labels: [String: String]) -> Bool {
        let value = self["key"]?.string.flatMap { labels[$0] }
        let values = (self["values"]?.array ?? []).compactMap(\.string)
        switch self["operator"]?.string {
        case "In": return value.map(values.contains) ?? false
        case "NotIn": return value.map { !values.contains($0) } ?? true
        case "Exists": return value != nil
        case "DoesNotExist": return value == nil
        default: return false
        }
    }
}

/// The pods of one place, and what makes them so.
struct PodSet: Sendable {
    /// `Service shop/web-canary`, `subset canary of host web`
    let subject: String
    let selector: [String: String]
    let pods: [PodSight]

    init(_ subject: String, _ selector: [String: String], among pods: [PodSight]) {
        self.subject = subject
        self.selector = selector
        self.pods = pods.filter { selector.selects($0.labels) }
    }

    var ready: [PodSight] { pods.filter(\.isReady) }
}
