import Foundation
import Kubernetes
import Logging
import Server
import Traffic
import Transport

/// A process that runs the controller while it leads, and waits for that before.
///
/// The journal is opened by the leader alone. What it writes into the mesh bears the number of its leadership, so that
/// a write of a former leader that arrives late is found out.
struct Candidate {
    private let configuration: ServerConfiguration
    private let election: any Election
    private let http: CurlClient
    private let cluster: KubernetesClient?
    /// What says who leads: `Lease headgate/headgate`.
    private let lease: String
    private let log = Logger(label: "headgate")

    /// None where the configuration names no election: then this process is the only one.
    init?(_ configuration: ServerConfiguration, _ http: CurlClient, _ cluster: KubernetesClient?) {
        self.configuration = configuration
        self.http = http
        self.cluster = cluster
        // A restart is another candidate.
        let identity = "\(ProcessInfo.processInfo.hostName)_\(UUID().uuidString.lowercased())"
        if let cluster, let election = configuration.kubernetes?.election {
            lease = "\(election.lease)"
            self.election = LeaderElection(
                election.lease, identity: identity, terms: election.terms, api: cluster, log: log)
        } else if let consul = configuration.consul, let election = configuration.consulElection {
            lease = "Consul's lock \(election.key)"
            self.election = ConsulElection(
                election.key, identity: identity, terms: election.terms, consul, sender: http)
        } else {
            return nil
        }
    }

    /// Until SIGTERM or SIGINT. Throws when the leadership was lost.
    func run() async throws {
        let (news, teller) = AsyncStream<News>.makeStream()
        let interrupt = Task {
            await waitForInterrupt()
            teller.yield(.interrupted)
        }
        let standing = Task { await election.run { teller.yield(.leadership($0)) } }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await follow(news)) } catch { outcome = .failure(error) }
        // Gives the lease back, so that another one leads at once.
        standing.cancel()
        await standing.value
        interrupt.cancel()
        try outcome.get()
    }

    private enum News: Sendable {
        case leadership(Leadership)
        case interrupted
    }

    private func follow(_ news: AsyncStream<News>) async throws {
        guard let epoch = try await standBy(news) else { return }
        log.notice("leading by \(lease), number \(epoch)")
        let house = try await ServerHouse(configuration, http, cluster, epoch: epoch)
        let ending = try await house.run { await Self.waitForEnding(in: news) }
        if case .deposed(let reason) = ending {
            throw CommandError("\(lease): not leading any more: \(reason); start again to stand by")
        }
    }

    /// Returns when the task is cancelled, too.
    private static func waitForEnding(in news: AsyncStream<News>) async -> ServerHouse.Ending {
        for await item in news {
            switch item {
            case .interrupted: return .interrupted
            case .leadership(.lost(let reason)): return .deposed(reason)
            case .leadership: continue
            }
        }
        return .interrupted
    }

    /// Returns the number of the leadership; none when it was told to end before.
    private func standBy(_ news: AsyncStream<News>) async throws -> Int? {
        let readiness = Readiness(obstacle: "standing by: nobody was heard of yet; see \(lease)")
        let server = StandbyServer(readiness, at: configuration.address, log: Logger(label: "http"))
        return try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask {
                try await server.run()
                return nil
            }
            group.addTask { await self.waitToLead(news, readiness) }
            let epoch = try await group.next() ?? nil
            await server.stop()
            group.cancelAll()
            try await group.waitForAll()
            return epoch
        }
    }

    private func waitToLead(_ news: AsyncStream<News>, _ readiness: Readiness) async -> Int? {
        for await item in news {
            switch item {
            case .interrupted: return nil
            case .leadership(.leading(let epoch)): return epoch
            case .leadership(.following(let leader)):
                let words = leader.isEmpty ? "nobody leads yet" : "\(leader) leads"
                log.notice("standing by: \(words), by \(lease)")
                await readiness.raise("standing by: \(words), by \(lease)")
            case .leadership(.lost(let reason)): log.warning("\(lease): \(reason)")
            }
        }
        return nil
    }
}

/// Whoever sees to it that one process leads.
private protocol Election: Sendable {
    /// Until the task is cancelled; then it gives the leadership back.
    func run(_ tell: (Leadership) -> Void) async
}

extension LeaderElection: Election {}
extension ConsulElection: Election {}
