/// The manifests of the demo: real ones, with steps short enough to watch.
enum DemoManifest {
    static func rollout(
        steps: [String], initialDelay: String = "3s",
        routing: String = "envoy: {clusters: [checkout-a, checkout-b]}"
    ) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata:
          name: checkout
        spec:
          strategy:
            canary:
              trafficRouting:
                \(routing)
              analysis:
                startingStep: 1
                templates:
                - templateName: success-rate
                args:
                - name: cluster
                  valueFrom: {backend: canary}
              steps:
        \(steps.map { "      - \($0)" }.joined(separator: "\n"))
        ---
        \(template(initialDelay: initialDelay))
        """
    }

    /// A strategy as it stands below `strategy:`, with its two templates: one that watches, one that ends.
    static func strategy(_ text: String) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata:
          name: checkout
        spec:
          strategy:
        \(text.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
        ---
        \(template(initialDelay: "2s"))
        ---
        \(template(named: "smoke", initialDelay: "2s", count: 5))
        """
    }

    static func analysis(_ template: String) -> String {
        "{templates: [{templateName: \(template)}], args: [{name: cluster, valueFrom: {backend: canary}}]}"
    }

    static let routing = "{envoy: {clusters: [checkout-a, checkout-b]}}"

    static let climbing = rollout(steps: [
        "setWeight: 5", "pause: {duration: 3s}", "setWeight: 20", "pause: {duration: 3s}",
        "setWeight: 50", "pause: {duration: 4s}",
    ])

    /// By the HTTPRoute of somebody with a Gateway, or with Linkerd.
    static func byRoute(of router: String) -> String {
        rollout(
            steps: [
                "setWeight: 5", "pause: {duration: 3s}", "setWeight: 20", "pause: {duration: 5s}",
                "setWeight: 50", "pause: {duration: 4s}",
            ], routing: "\(router): {httpRoute: checkout, services: [checkout-a, checkout-b]}")
    }

    static let asking = rollout(steps: [
        "setWeight: 10", "pause: {}", "setWeight: 60", "pause: {duration: 2s}",
    ])

    /// Birth-safe and on completed requests: see `analysis-templates/success-rate.yaml`, which says why.
    private static func template(
        named name: String = "success-rate", initialDelay: String, count: Int? = nil
    ) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata:
          name: \(name)
        spec:
          args:
          - name: cluster
          metrics:
          - name: \(name)
            initialDelay: \(initialDelay)
            interval: 500ms\(count.map { "\n    count: \($0)" } ?? "")
            failureLimit: 1
            consecutiveErrorLimit: 20
            successCondition: result[0] >= 0.95
            provider:
              prometheus:
                query: |
                  1 - (sum(\(birthSafe("envoy_cluster_upstream_rq_xx", ",envoy_response_code_class=\"5\""))) or vector(0))
                    / (sum(\(birthSafe("envoy_cluster_upstream_rq_completed", ""))) > 0)

        """
    }

    private static func birthSafe(_ metric: String, _ labels: String) -> String {
        birthSafe("\(metric){envoy_cluster_name=\"{{args.cluster}}\"\(labels)}")
    }

    /// What a counter grew by in two seconds, also one that did not exist before.
    static func birthSafe(_ series: String) -> String {
        "(\(series) unless \(series) offset 2s) or increase(\(series)[2s])"
    }
}
