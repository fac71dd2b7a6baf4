import Analysis
import Transport

/// `{"results": [{"series": [{"columns": ["time", "mean"], "values": [[…, 0.5]]}]}]}`.
enum InfluxQLAnswer {
    /// Of every column but the time, row by row.
    static func values(_ answer: JSON) throws(SampleFailure) -> [Value] {
        guard let results = answer["results"]?.array else { throw SampleFailure.unreadable("no results") }
        var values: [Value] = []
        for result in results {
            if let error = result["error"]?.string { throw SampleFailure(.refused, shown(error)) }
            for series in result["series"]?.array ?? [] { values += try rows(of: series) }
        }
        return values
    }

    private static func rows(of series: JSON) throws(SampleFailure) -> [Value] {
        guard let columns = series["columns"]?.array, let rows = series["values"]?.array else {
            throw SampleFailure.unreadable("a series without columns or values")
        }
        return rows.flatMap { row in
            zip(columns, row.array ?? []).filter { $0.0.string != "time" }.map { Value(measured: $0.1) }
        }
    }
}
