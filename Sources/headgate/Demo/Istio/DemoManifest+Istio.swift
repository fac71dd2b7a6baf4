extension DemoManifest {
    /// As somebody with an Istio writes it: the VirtualService is theirs, and the counts are those of their proxies.
    static let istio = istio(steps: [
        "setWeight: 5", "pause: {duration: 3s}", "setWeight: 20", "pause: {duration: 5s}",
        "setWeight: 50", "pause: {duration: 4s}",
    ])

    static func istio(steps: [String]) -> String {
        """
        apiVersion: headgate.dev/v1alpha1
        kind: Rollout
        metadata:
          name: checkout
        spec:
          strategy:
            canary:
              trafficRouting:
                istio:
                  virtualService: {name: checkout, routes: [primary]}
                  subsets: [checkout-a, checkout-b]
                  counts: {label: destination_workload, values: [checkout-a, checkout-b]}
              analysis:
                startingStep: 1
                templates:
                - templateName: success-rate
                args:
                - name: workload
                  valueFrom: {backend: canary}
              steps:
        \(steps.map { "      - \($0)" }.joined(separator: "\n"))
        ---
        apiVersion: headgate.dev/v1alpha1
        kind: AnalysisTemplate
        metadata:
          name: success-rate
        spec:
          args:
          - name: workload
          metrics:
          - name: success-rate
            initialDelay: 2s
            interval: 500ms
            failureLimit: 1
            consecutiveErrorLimit: 20
            successCondition: result[0] >= 0.95
            provider:
              prometheus:
                query: |
                  1 - (sum(\(birthSafe(requests(#",response_code=~"5..""#)))) or vector(0))
                    / (sum(\(birthSafe(requests("")))) > 0)

        """
    }

    private static func requests(_ labels: String) -> String {
        "istio_requests_total{reporter=\"source\",destination_workload=\"{{args.workload}}\"\(labels)}"
    }
}
