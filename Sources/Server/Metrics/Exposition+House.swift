import Engine
import Intake
import Rollouts

extension Exposition {
    /// Everything that the server counts.
    init(of house: APIServer.House, _ counts: RequestCounts) async {
        self.init()
        add(await house.loop.meters)
        add(await house.loop.all, runningCount: await house.loop.runningCount)
        let hasTrouble = await house.loop.journalTrouble != nil
        add("headgate_journal_trouble", .gauge, "1 while the journal takes no entries.", hasTrouble ? 1 : 0)
        add(await counts.counts)
        if let manifests = house.manifests { add(await manifests.problems.count, await manifests.fileCount) }
        add(
            "headgate_build_info", .gauge, "The version that runs, as a label.",
            [(["version": house.version], 1)])
        add(ProcessVitals.now())
    }

    private mutating func add(_ meters: Meters) {
        let counters: [(name: String, help: String, value: UInt64)] = [
            ("turns", "Wishes and reports that were decided.", meters.turns),
            ("journal_commits", "Transactions of the journal.", meters.commits),
            ("journal_entries", "Entries that were recorded.", meters.entries),
            ("journal_failures", "Appends that the journal did not take.", meters.journalFailures),
            ("refusals", "Wishes that were declined.", meters.refusals),
            ("drifts", "Routes that somebody else had changed.", meters.drifts),
            ("measurements", "Measurements that were taken.", meters.measurements),
            ("queries", "Questions that reached a metrics store.", meters.queries),
            ("routes_applied", "Routes that the data plane showed.", meters.routesApplied),
            ("route_failures", "Tries to set a route that failed.", meters.routeFailures),
            ("rollbacks", "Releases that were taken back.", meters.rollbacks),
        ]
        for counter in counters {
            add("headgate_\(counter.name)_total", .counter, counter.help, Double(counter.value))
        }
        add(
            "headgate_verdict_to_applied_seconds",
            "From the number or the wish that decided to the data plane showing the stable release alone.",
            meters.verdictToApplied)
    }

    private mutating func add(_ rollouts: [Rollout], runningCount: Int) {
        let phases = Dictionary(grouping: rollouts, by: \.phaseWord).mapValues(\.count)
        add(
            "headgate_rollouts", .gauge, "Rollouts by phase.",
            PhaseWord.allCases.map { (["phase": $0.rawValue], Double(phases[$0] ?? 0)) })
        let awaited = rollouts.count { $0.isRouteAwaited }
        add(
            "headgate_routes_awaited", .gauge, "Rollouts whose route the data plane does not show.",
            Double(awaited))
        add("headgate_jobs_running", .gauge, "Routes and measurements under way.", Double(runningCount))
    }

    private mutating func add(_ counts: [RequestCounts.Key: UInt64]) {
        let sorted = counts.sorted { left, right in
            (left.key.endpoint, left.key.method, left.key.status)
                < (right.key.endpoint, right.key.method, right.key.status)
        }
        add(
            "headgate_http_requests_total", .counter, "Requests that were answered.",
            sorted.map { key, count in
                (["route": key.endpoint, "method": key.method, "status": "\(key.status)"], Double(count))
            })
    }

    private mutating func add(_ problemCount: Int, _ fileCount: Int) {
        add(
            "headgate_manifest_problems", .gauge, "Errors and warnings in the manifests.",
            Double(problemCount))
        add("headgate_manifest_files", .gauge, "Manifest files that were read.", Double(fileCount))
    }

    private mutating func add(_ vitals: ProcessVitals) {
        add("process_cpu_seconds_total", .counter, "Time spent on the processor.", vitals.cpuSeconds)
        vitals.residentBytes.map { add("process_resident_memory_bytes", .gauge, "Memory in use.", $0) }
        vitals.openFiles.map { add("process_open_fds", .gauge, "Open files and connections.", Double($0)) }
        add(
            "process_start_time_seconds", .gauge, "When the process started, since 1970.",
            ProcessVitals.startSeconds)
    }
}
