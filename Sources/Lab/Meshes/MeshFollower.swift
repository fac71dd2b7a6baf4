import Foundation
package import Kubernetes
import Transport

/// Keeps an Envoy's route file as the objects of a namespace want it.
///
/// Changes are gathered for a tenth of a second, as control planes do it. Objects that can't be translated leave the file
/// as it is.
package actor MeshFollower {
    private let api: any KubernetesAPI
    private let file: String
    private let debounce: Duration
    private var bridge: any MeshBridge
    private var objects: [ResourceKind: [String: JSON]] = [:]
    private var changes = 0
    private let bells: AsyncStream<Void>
    private let bell: AsyncStream<Void>.Continuation
    /// Why the file is not as the objects want it; none where it is.
    package private(set) var trouble: String?
    /// How often the file was replaced.
    package private(set) var writes = 0

    package init(
        _ bridge: any MeshBridge, api: any KubernetesAPI, file: String,
        debounce: Duration = .milliseconds(100)
    ) {
        self.bridge = bridge
        self.api = api
        self.file = file
        self.debounce = debounce
        (bells, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for kind in bridge.kinds {
                group.addTask { await self.follow(kind) }
            }
            for await _ in bells {
                await gather()
                write()
            }
            group.cancelAll()
        }
    }

    /// As a Deployment does that gets new pods, with another release's labels.
    package func label(_ workload: String, _ labels: [String: String]) {
        guard let index = bridge.workloads.firstIndex(where: { $0.name == workload }) else { return }
        bridge.workloads[index].labels = labels
        noteChange()
    }

    private func follow(_ kind: ResourceKind) async {
        for await event in api.watch(ObjectQuery(kind, in: bridge.namespace)) { take(event, kind) }
    }

    private func take(_ event: ObjectEvent, _ kind: ResourceKind) {
        switch event {
        case .listed(let all): objects[kind] = Dictionary(all.map { ($0.name, $0) }) { _, last in last }
        case .added(let object), .modified(let object): objects[kind, default: [:]][object.name] = object
        case .deleted(let object): objects[kind]?[object.name] = nil
        case .interrupted: return
        }
        noteChange()
    }

    private func noteChange() {
        changes += 1
        bell.yield()
    }

    /// Until nothing more comes, and for at most a hundred times the pause.
    private func gather() async {
        for _ in 0..<100 {
            let before = changes
            // Ends with the task: then there is nothing to wait for.
            try? await Task.sleep(for: debounce)
            if changes == before { return }
        }
    }

    /// All kinds have to be known: routes without what they lead to would lead nowhere.
    private func write() {
        guard bridge.kinds.allSatisfy({ objects[$0] != nil }) else { return }
        do {
            let document = try bridge.document(from: objects.mapValues { Array($0.values) })
            // Envoy reacts to a file that is moved into place, and this is how an atomic write ends.
            try Data(document.bytes).write(to: URL(filePath: file), options: .atomic)
            (trouble, writes) = (nil, writes + 1)
        } catch {
            trouble = "\(error)"
        }
    }
}

extension JSON {
    fileprivate var name: String { self["metadata"]["name"]?.string ?? "" }
}
