import Analysis
import Transport

extension HTTPResponse {
    /// The answer of a store that answers in JSON only.
    func json() throws(SampleFailure) -> JSON {
        do throws(JSON.SyntaxError) {
            return try JSON(parsing: body)
        } catch {
            throw SampleFailure.unreadable(error.description)
        }
    }
}
