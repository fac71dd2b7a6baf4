import Transport

/// Whether pods take nothing but mutual TLS, as Istio's PeerAuthentications say it together.
///
/// The closest one counts: that of a port, of a workload, of the namespace, of the mesh; of several alike, the oldest.
struct PeerPolicy: Hashable, Sendable {
    enum Mode: String, Hashable, Sendable {
        case strict = "STRICT"
        case permissive = "PERMISSIVE"
        case disabled = "DISABLE"
    }

    let mode: Mode
    /// `PeerAuthentication shop/default says STRICT`
    let evidence: String

    /// - Parameters:
    ///   - port: of the pod; none: what holds for those that nobody names.
    ///   - policies: of the pods' namespace and of the root namespace.
    init(
        of labels: [String: String], port: Int?, in namespace: String, root: String, _ policies: [JSON]
    ) {
        let ages = policies.sorted { $0.age < $1.age }
        let own = ages.filter { $0.namespace == namespace }
        let ofWorkload = own.filter { !$0.selector.isEmpty && $0.selector.selects(labels) }
        let ofNamespace = own.filter { $0.selector.isEmpty && namespace != root }
        let ofMesh = ages.filter { $0.namespace == root && $0.selector.isEmpty }
        let levels = [ofWorkload.first, ofNamespace.first, ofMesh.first].compactMap(\.self)
        if let port, let first = ofWorkload.first, let mode = first.mode(ofPort: port) {
            self.init(mode: mode, evidence: "\(first.title) says \(mode.rawValue) for port \(port)")
        } else if let level = levels.first(where: { $0.mode != nil }), let mode = level.mode {
            self.init(mode: mode, evidence: "\(level.title) says \(mode.rawValue)")
        } else {
            self.init(mode: .permissive, evidence: "no PeerAuthentication says more than PERMISSIVE")
        }
    }

    private init(mode: Mode, evidence: String) {
        self.mode = mode
        self.evidence = evidence
    }
}

extension JSON {
    /// Names break ties, so that the answer does not depend on an order.
    fileprivate var age: String {
        (self["metadata"]["creationTimestamp"]?.string ?? "") + "/" + (self["metadata"]["name"]?.string ?? "")
    }

    fileprivate var namespace: String { self["metadata"]["namespace"]?.string ?? "" }

    fileprivate var selector: [String: String] { self["spec"]["selector"]["matchLabels"].texts }

    fileprivate var title: String {
        "PeerAuthentication \(namespace)/\(self["metadata"]["name"]?.string ?? "?")"
    }

    /// None where it leaves that to the next level.
    fileprivate var mode: PeerPolicy.Mode? {
        (self["spec"]["mtls"]["mode"]?.string).flatMap(PeerPolicy.Mode.init)
    }

    fileprivate func mode(ofPort port: Int) -> PeerPolicy.Mode? {
        (self["spec"]["portLevelMtls"]["\(port)"]["mode"]?.string).flatMap(PeerPolicy.Mode.init)
    }
}
