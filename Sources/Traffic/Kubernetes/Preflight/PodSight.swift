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

    init(_ object: JSON) {
        name = object["metadata"]["name"]?.string ?? "?"
        namespace = object["metadata"]["namespace"]?.string ?? "default"
        labels = object["metadata"]["labels"].texts
        annotations = object["metadata"]["annotations"].texts
        serviceAccount = object["spec"]["serviceAccountName"]?.string ?? "default"
        let lists = ["containers", "initContainers"].flatMap { object["spec"][$0]?.array ?? [] }
        containers = Set(lists.compactMap { $0["name"]?.string })
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
