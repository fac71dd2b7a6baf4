/// How much the engine does at once, and how long it waits.
package struct EngineLimits: Sendable {
    /// Jobs at a time for one backend; a rollback does not count.
    package var jobsPerBackend: Int
    /// For a route: from the write to the data plane showing it.
    package var routeDeadline: Duration
    /// For instances: how long one look at them lasts before it is told how far they are.
    package var scaleDeadline: Duration
    /// For a look at the mesh and the metrics before a start.
    package var inspectDeadline: Duration
    /// How long the journal may take before a rollback goes first; see `takePrecaution`.
    package var journalPatience: Duration
    /// How often a journal in trouble is tried again.
    package var journalRetry: Duration
    /// The least time between two looks at a route that somebody keeps changing.
    package var driftPause: Duration
    /// The least time between two looks at instances that come and go.
    package var instancesPause: Duration
    /// How long until a route that could not be judged is looked at again.
    package var driftRetry: Duration

    package init(
        jobsPerBackend: Int = 16, routeDeadline: Duration = .seconds(15),
        scaleDeadline: Duration = .seconds(60), inspectDeadline: Duration = .seconds(10),
        journalPatience: Duration = .milliseconds(250),
        journalRetry: Duration = .seconds(1),
        driftPause: Duration = .milliseconds(500), instancesPause: Duration = .milliseconds(50),
        driftRetry: Duration = .seconds(5)
    ) {
        self.jobsPerBackend = jobsPerBackend
        self.routeDeadline = routeDeadline
        self.scaleDeadline = scaleDeadline
        self.inspectDeadline = inspectDeadline
        self.journalPatience = journalPatience
        self.journalRetry = journalRetry
        self.driftPause = driftPause
        self.instancesPause = instancesPause
        self.driftRetry = driftRetry
    }
}
