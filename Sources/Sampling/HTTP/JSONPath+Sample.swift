import Analysis

extension JSONPath {
    /// What a path leads to in an answer. One that leads nowhere found no data: what is asked about may come to be.
    static func matches(of path: String, in document: Value) throws(SampleFailure) -> [Value] {
        let read: JSONPath
        do throws(JSONPathError) {
            read = try JSONPath(parsing: path)
        } catch {
            throw SampleFailure(.refused, "\(path) is no path: \(error)")
        }
        do throws(JSONPathError) {
            return try read.matches(in: document)
        } catch {
            throw SampleFailure(.noData, "\(path): \(error)")
        }
    }
}
