/// How much the engine does at once, and how long it waits.
package struct EngineLimits: Sendable {
    /// Jobs at a time for one backend; a rollback does not count.
    package var jobsPerBackend: Int
    /// For a route: from the write to the data plane showing it.
    package var routeDeadline: Duration
    /// How long the journal may take before a rollback goes first; see `takePrecaution`.
    package var journalPatience: Duration
    /// How often a journal in trouble is tried again.
    package var journalRetry: Duration
    /// The least time between two looks at a route that somebody keeps changing.
    package var driftPause: Duration
    /// How long until a route that could not be judged is looked at again.
    package var driftRetry: Duration

    package init(
        jobsPerBackend: Int = 16, routeDeadline: Duration = .seconds(15),
        journalPatience: Duration = .milliseconds(250), journalRetry: Duration = .seconds(1),
        driftPause: Duration = .milliseconds(500), driftRetry: Duration = .seconds(5)
    ) {
        self.jobsPerBackend = jobsPerBackend
        self.routeDeadline = routeDeadline
        self.journalPatience = journalPatience
        self.journalRetry = journalRetry
        self.driftPause = driftPause
        self.driftRetry = driftRetry
    }
}
