/// What keeps the server from working yet, or no longer; none when nothing does.
package actor Readiness {
    package private(set) var obstacle: String?

    package init(obstacle: String? = "the journal is being read") {
        self.obstacle = obstacle
    }

    /// Called when the control loop has recovered and runs.
    package func lift() { obstacle = nil }

    package func raise(_ obstacle: String) { self.obstacle = obstacle }
}
