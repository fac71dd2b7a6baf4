import Analysis
import ArgumentParser
import Backtest
import Foundation
import Manifests
import Sampling
import Transport

/// Where a history comes from: a store, or a file that was saved before.
struct HistoryOptions: ParsableArguments {
    @Option(help: "The Prometheus that is asked, whatever address the template names.") var prometheus:
        String?
    @Option(help: "A server's configuration, for who we are at that Prometheus.") var config: String?
    @Option(help: "How far back.") var range = "14d"
    @Option(help: "Up to when, as 2026-11-20T10:00:00Z; now where it is not said.") var until: String?
    @Option(help: "How long a question may take.") var timeout = "30s"
    @Option(help: "A query for the requests a second of all releases: a canary then has its share of them.")
    var traffic: String?
    @Option(help: "Write down what was fetched, for --offline.") var save: String?
    @Option(help: "Read what --save has written, and ask nobody.") var offline: String?

    func validate() throws {
        guard (offline == nil) != (prometheus == nil && config == nil) else {
            throw ValidationError("say where the history is: --prometheus URL, or --offline FILE")
        }
        if offline != nil, save != nil { throw ValidationError("--save has no place beside --offline") }
        guard let span = Duration(written: range), span >= .seconds(60) else {
            throw ValidationError("--range: \(range) is no time such as 14d or 6h, of a minute at the least")
        }
        guard let patience = Duration(written: timeout), patience >= .milliseconds(100) else {
            throw ValidationError("--timeout: \(timeout) is no time such as 30s, of 100ms at the least")
        }
        if let until, Moment(written: until) == nil {
            throw ValidationError("--until: \(until) is no moment such as 2026-11-20T10:00:00Z")
        }
    }

    func history(
        of metrics: [Metric], _ progress: @escaping (String, Double) -> Void
    ) async throws -> History {
        if let offline { return try read(offline) }
        let http = CurlClient()
        let end = until.flatMap(Moment.init(written:)) ?? .now + .seconds(-60)
        // On a whole minute, so that two runs ask for the same.
        let last = Moment(microseconds: end.microseconds / 60_000_000 * 60_000_000)
        let span = Duration(written: range) ?? .zero
        let patience = Duration(written: timeout) ?? .seconds(30)
        let reader = HistoryReader(
            store: PrometheusHistory(try settings(), sender: http), from: last + (.zero - span), until: last,
            progress: progress)
        let asked = metrics.map { metric in
            var metric = metric
            metric.query.timeout = patience
            return metric
        }
        let traffic = traffic.map {
            Query(provider: "prometheus", address: prometheus, text: $0, timeout: patience)
        }
        let history: History
        do {
            history = try await reader.read(asked, traffic: traffic)
        } catch {
            await http.shutdown()
            throw error
        }
        await http.shutdown()
        if let save { try write(history, to: save) }
        return history
    }

    /// Answers of weeks are larger than those of a moment.
    private func settings() throws -> PrometheusSettings {
        var accounts =
            try config.flatMap { try ServerConfiguration.read($0).stores["prometheus"] }
            ?? StoreAccounts()
        if let prometheus, !accounts.all.contains(where: { $0.address == prometheus }) {
            accounts.all.insert(StoreAccount(address: prometheus), at: 0)
        }
        for index in accounts.all.indices { accounts.all[index].responseBytesMax = 64 << 20 }
        return PrometheusSettings(accounts)
    }

    private func read(_ path: String) throws -> History {
        do {
            return try History(json: Data(contentsOf: URL(filePath: path)))
        } catch let complaint as Complaint {
            throw CommandError("--offline: \(path): \(complaint)")
        } catch {
            throw CommandError("--offline: can't read \(path): \(error.localizedDescription)")
        }
    }

    private func write(_ history: History, to path: String) throws {
        do {
            try history.json().write(to: URL(filePath: path), options: .atomic)
        } catch {
            throw CommandError("--save: can't write \(path): \(error.localizedDescription)")
        }
    }
}

extension Moment {
    /// `2026-11-20T10:00:00Z`
    init?(written text: String) {
        guard let date = try? Date(text, strategy: .iso8601), date.timeIntervalSince1970 > 0 else {
            return nil
        }
        self.init(microseconds: Int64(date.timeIntervalSince1970 * 1_000_000))
    }

    static var now: Moment {
        Moment(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
    }
}
