import Analysis

@testable import Sampling

/// Stores that people run themselves.
extension ConformingStore {
    static let graphite = ConformingStore(
        dialect: GraphiteDialect(),
        query: { Query(provider: "graphite", address: $0, text: "target=a.b", timeout: .seconds(10)) },
        account: { StoreAccount(address: $0, authorization: .bearer(.text($1))) },
        good: #"[{"target": "a.b", "datapoints": [[null, 1763837220], [0.5, 1763837280]]}]"#,
        sample: .value(.array([.float(0.5)]), warnings: []),
        empty: "[]", emptySample: .value(.array([]), warnings: []))

    static let influxQL = ConformingStore(
        dialect: InfluxDBDialect(),
        query: { _ in
            Query(
                provider: "influxdb", text: "SELECT mean(rate) FROM web", timeout: .seconds(10),
                details: .map(["database": .string("shop")]))
        },
        account: { StoreAccount(address: $0, keys: ["token": .text($1)]) },
        good:
            #"{"results": [{"series": [{"name": "web", "columns": ["time", "mean"], "values": [["t", 0.5]]}]}]}"#,
        sample: .value(.array([.float(0.5)]), warnings: []),
        empty: #"{"results": [{"statement_id": 0}]}"#, emptySample: .value(.array([]), warnings: []))

    static let flux = ConformingStore(
        dialect: InfluxDBDialect(),
        query: { _ in Query(provider: "influxdb", text: "from(bucket: \"shop\")", timeout: .seconds(10)) },
        account: { StoreAccount(address: $0, keys: ["token": .text($1)]) },
        good: "#datatype,string,long,double\r\n,result,table,_value\r\n,_result,0,0.5\r\n\r\n",
        sample: .value(.array([.float(0.5)]), warnings: []),
        empty: "\r\n", emptySample: .value(.array([]), warnings: []))
}
