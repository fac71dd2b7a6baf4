import Analysis

@testable import Sampling

/// The stores of vendors, whose recorded answers are served here.
extension ConformingStore {
    static let datadog = ConformingStore(
        dialect: DatadogDialect(), query: { _ in vendorQuery("datadog", "avg:errors{*}") },
        account: { StoreAccount(address: $0, keys: ["apiKey": .text($1), "appKey": .text($1)]) },
        good: #"{"status": "ok", "series": [{"pointlist": [[1763837220000, 0.1], [1763837280000, 0.5]]}]}"#,
        sample: .value(.float(0.5), warnings: []),
        empty: #"{"status": "ok", "series": []}"#, emptySample: .value(.none, warnings: []))

    static let datadogScalar = ConformingStore(
        dialect: DatadogDialect(),
        query: { _ in vendorQuery("datadog", "avg:errors{*}", ["apiVersion": .string("v2")]) },
        account: { StoreAccount(address: $0, keys: ["apiKey": .text($1), "appKey": .text($1)]) },
        good:
            #"{"data": {"attributes": {"columns": [{"name": "query", "type": "number", "values": [0.5]}]}}}"#,
        sample: .value(.float(0.5), warnings: []),
        empty: #"{"data": {"attributes": {"columns": []}}}"#, emptySample: .value(.none, warnings: []))

    static let newRelic = ConformingStore(
        dialect: NewRelicDialect(),
        query: { _ in vendorQuery("newRelic", "SELECT count(*) FROM Transaction") },
        account: { StoreAccount(address: $0, keys: ["apiKey": .text($1)], settings: ["accountId": "7"]) },
        good: #"{"data": {"actor": {"account": {"nrql": {"results": [{"count": 5}]}}}}}"#,
        sample: .value(.map(["count": .float(5)]), warnings: []),
        empty: #"{"data": {"actor": {"account": {"nrql": {"results": []}}}}}"#, emptySample: nil)

    static let cloudWatch = ConformingStore(
        dialect: CloudWatchDialect(),
        query: { _ in vendorQuery("cloudWatch", "m", ["queries": .array([.map(["Id": .string("m")])])]) },
        account: {
            let keys = StoreAccount.AWSAccount.Keys(
                accessKey: .text("AKID"), secretKey: .text($1), sessionToken: .text($1))
            return StoreAccount(
                address: $0,
                authorization: .signature(.init(region: "eu-central-1", service: "aps", keys: keys)))
        },
        good:
            #"{"MetricDataResults": [{"Id": "m", "StatusCode": "Complete", "Values": [0.5], "Timestamps": []}]}"#,
        sample: .value(
            .array([
                .map([
                    "Id": .string("m"), "StatusCode": .string("Complete"), "Values": .array([.float(0.5)]),
                    "Timestamps": .array([]),
                ])
            ]), warnings: []),
        empty: #"{"MetricDataResults": []}"#, emptySample: .value(.array([]), warnings: []))

    private static func vendorQuery(_ kind: String, _ text: String, _ details: [String: Value] = [:]) -> Query
    {
        Query(
            provider: kind, text: text, timeout: .seconds(10), details: details.isEmpty ? nil : .map(details))
    }
}
