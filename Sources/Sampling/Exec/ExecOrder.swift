import Analysis

/// What is run for one measurement. Pure.
struct ExecOrder: Hashable, Sendable {
    /// As documents call it.
    let name: String
    let program: String
    let arguments: [String]
    let environment: [String: String]

    /// Where scripts look for what they call. Nothing else is there that nobody gave.
    private static let usualPath = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

    /// - Parameter own: the server's environment.
    init(_ query: Query, _ settings: ExecSettings, own: [String: String]) throws(SampleFailure) {
        let written = query.details?["command"]?.elements?.compactMap(\.text) ?? []
        guard let name = written.first else { throw SampleFailure(.refused, "the metric names no command") }
        guard let command = settings.commands[name], let program = command.first else {
            let known = settings.commands.keys.sorted().joined(separator: ", ")
            throw SampleFailure(
                .refused,
                "the command \"\(name)\" is not one of the server's; add it to `exec.commands` in its configuration"
                    + (known.isEmpty ? "" : " (there: \(known))"))
        }
        self.name = name
        self.program = program
        arguments = Array(command.dropFirst() + written.dropFirst())
        let inherited = own.filter { settings.inherited.contains($0.key) }
        let given = (query.details?["env"]?.members ?? [:]).compactMapValues(\.text)
        environment = Self.usualPath.merging(inherited) { $1 }.merging(given) { $1 }
    }
}
