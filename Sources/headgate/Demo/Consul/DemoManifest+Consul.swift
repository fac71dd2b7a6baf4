extension DemoManifest {
    /// On plain machines: the catalogue knows which release an instance has, and subsets are pointed at it.
    static let consul = consul(steps: [
        "setWeight: 5", "pause: {duration: 3s}", "setWeight: 20", "pause: {duration: 5s}",
        "setWeight: 50", "pause: {duration: 4s}",
    ])

    static func consul(steps: [String]) -> String {
        strategy(
            """
            canary:
              trafficRouting:
                consul:
                  subsets: [checkout-a, checkout-b]
                  releaseMeta: release
                  protocol: http
              analysis:
                startingStep: 1
                templates: [{templateName: success-rate}]
                args: [{name: cluster, valueFrom: {backend: canary}}]
              steps:
            \(steps.map { "  - \($0)" }.joined(separator: "\n"))
            """)
    }
}
