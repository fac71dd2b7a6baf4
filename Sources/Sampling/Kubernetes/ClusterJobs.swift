package import Analysis
package import Engine
package import Kubernetes
import Rollouts
import Transport

/// Takes measurements by Jobs of a cluster.
package actor ClusterJobs: JobRunner {
    package nonisolated let kind = "job"
    package nonisolated let stages = false
    private let api: any KubernetesAPI
    private let namespace: String
    /// Where Jobs may be; none: everywhere.
    private let namespaces: [String]?
    /// Jobs that may run although nobody waits for them: what became of them was not to be learnt. They are taken
    /// away before another is made.
    private var doubtful: Set<ObjectReference> = []

    /// - Parameters:
    ///   - namespace: for manifests that name none.
    ///   - namespaces: where to look for what runs unwanted; none: everywhere.
    package init(_ api: any KubernetesAPI, namespace: String, namespaces: [String]? = nil) {
        self.api = api
        self.namespace = namespace
        self.namespaces = namespaces
    }

    package func run(_ order: JobOrder) async -> Sample {
        let document = document(of: order)
        do throws(SampleFailure) {
            try await forgetDoubtful()
            try await begin(document)
            let sample = try await ending(of: document)
            await forgetEarlier(document)
            return sample
        } catch {
            return .failure(error)
        }
    }

    package func end(_ order: JobOrder) async throws(SampleFailure) {
        try await delete(document(of: order).reference)
    }

    package func sweep(
        _ journal: String, keeping wanted: @Sendable () async -> [JobOrder]
    ) async throws(SampleFailure) {
        for place in namespaces.places {
            let running = try await asked {
                () async throws(KubernetesError) in
                try await api.list(JobMark.query(journal: journal, in: place), .ordinary).items
            }.map { (JobReading($0), $0["metadata"]["namespace"]?.string) }
            let kept = Set(await wanted().map { document(of: $0).identity })
            for (reading, namespace) in running where reading.sample == nil && !reading.isGoing {
                if let measurement = reading.measurement, kept.contains(measurement) { continue }
                try await delete(ObjectReference(.job, reading.name, in: namespace))
            }
        }
    }

    private func document(of order: JobOrder) -> JobDocument {
        JobDocument(order: order, namespace: order.measurement.query.address ?? namespace)
    }
}

// MARK: - One Job

extension ClusterJobs {
    private static let manager = "headgate"

    /// Makes the Job, or finds it. An answer that is lost leaves it open which: then it is asked for again.
    private func begin(_ document: JobDocument) async throws(SampleFailure) {
        let object = try document.json()
        let deadline = ContinuousClock.now + document.order.measurement.query.timeout
        while true {
            do throws(KubernetesError) {
                let write = ObjectWrite(document.reference, .create(object), manager: Self.manager)
                _ = try await api.write(write, .ordinary)
                return
            } catch {
                if error.kind == .exists, try await isFound(document) { return }
                guard error.isOutage || error.kind == .exists else {
                    throw SampleFailure(.refused, error.message)
                }
                if Task.isCancelled || ContinuousClock.now > deadline {
                    doubtful.insert(document.reference)
                    throw SampleFailure(.outage, error.message)
                }
            }
            // Cut short means that it is cancelled, which is seen above.
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Whether the Job of that name is this measurement's. One that is about to go makes room.
    private func isFound(_ document: JobDocument) async throws(SampleFailure) -> Bool {
        guard let object = try await look(document), !object.isGoing else { return false }
        guard object.measurement == document.identity else {
            throw SampleFailure(
                .refused, "\(document.reference) is there and is not this measurement's; remove it")
        }
        return true
    }

    /// None where it is not there.
    private func look(_ document: JobDocument) async throws(SampleFailure) -> JobReading? {
        do throws(KubernetesError) {
            return JobReading(try await api.read(document.reference, .ordinary))
        } catch {
            if error.kind == .missing { return nil }
            throw SampleFailure(error.isOutage ? .outage : .refused, error.message)
        }
    }

    /// Returns when it has ended. Trouble with the watch is waited out: the Job runs on meanwhile.
    private func ending(of document: JobDocument) async throws(SampleFailure) -> Sample {
        let query = JobMark.query(journal: document.order.journal, in: document.namespace)
        for await event in api.watch(query) {
            if let sample = try await sample(of: document, in: event) { return sample }
        }
        throw SampleFailure(.outage, "nobody waits for \(document.reference) any more")
    }

    private func sample(
        of document: JobDocument, in event: ObjectEvent
    ) async throws(SampleFailure) -> Sample? {
        switch event {
        case .listed(let objects):
            if let reading = objects.lazy.map(JobReading.init).first(where: { $0.name == document.name }) {
                return reading.sample
            }
            // The list may be older than the Job.
            if let reading = try await look(document) { return reading.sample }
            throw gone(document)
        case .added(let object), .modified(let object):
            let reading = JobReading(object)
            return reading.name == document.name ? reading.sample : nil
        case .deleted(let object):
            let reading = JobReading(object)
            guard reading.name == document.name else { return nil }
            if let sample = reading.sample { return sample }
            throw gone(document)
        case .interrupted(let error):
            if error.isOutage { return nil }
            doubtful.insert(document.reference)
            throw SampleFailure(.refused, error.message)
        }
    }

    private func gone(_ document: JobDocument) -> SampleFailure {
        SampleFailure(.outage, "\(document.reference) was removed while it ran; it is run again")
    }
}

// MARK: - Taking away

extension ClusterJobs {
    /// What is gone already is gone.
    private func delete(_ job: ObjectReference) async throws(SampleFailure) {
        do throws(KubernetesError) {
            _ = try await api.write(ObjectWrite(job, .delete(uid: nil), manager: Self.manager), .ordinary)
        } catch {
            if error.kind == .missing { return }
            throw SampleFailure(error.isOutage ? .outage : .refused, error.message)
        }
    }

    private func forgetDoubtful() async throws(SampleFailure) {
        for job in doubtful {
            try await delete(job)
            doubtful.remove(job)
        }
    }

    /// So many are kept for people to look at.
    private func forgetEarlier(_ document: JobDocument) async {
        guard let earlier = document.earlier(by: max(document.order.measurement.retention, 1)) else { return }
        do throws(SampleFailure) {
            try await delete(earlier.reference)
        } catch {
            // It has ended, and the cluster takes it away a day later: no reason to doubt the measurement.
        }
    }

    private func asked<Answer>(
        _ question: () async throws(KubernetesError) -> Answer
    ) async throws(SampleFailure) -> Answer {
        do throws(KubernetesError) {
            return try await question()
        } catch {
            throw SampleFailure(error.isOutage ? .outage : .refused, error.message)
        }
    }
}
