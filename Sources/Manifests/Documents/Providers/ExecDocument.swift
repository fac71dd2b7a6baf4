import Analysis

extension Shape where Output == Query {
    /// `exec: {command: [error-rate, --service, web]}`: a program that the server's configuration knows by this name.
    static func exec(_ dialect: Dialect) -> Shape {
        .object { fields in
            let command = fields.required("command", .command)
            let environment = fields.optional("env", Shape<[String: String]>.environment) ?? [:]
            let output = fields.optional("output", .execOutput) ?? "number"
            let path = fields.optional("jsonPath", .jsonPath)
            let timeout = fields.optional("timeout", .timeout)
            fields.refusePath(output)
            guard let command else { return nil }
            var details: [String: Value] = [
                "command": .array(command.map(Value.string)), "output": .string(output),
            ]
            details["jsonPath"] = path.map(Value.string)
            if !environment.isEmpty { details["env"] = .map(environment.mapValues(Value.string)) }
            return Query(
                provider: "exec", text: command.joined(separator: " "), timeout: timeout ?? .seconds(30),
                details: .map(details))
        }
    }
}

extension Fields {
    fileprivate func refusePath(_ output: String) {
        guard field.sketch == nil, has("jsonPath"), output != "json" else { return }
        field.refuse("jsonPath goes with `output: json`")
    }
}

extension Shape where Output == [String] {
    /// What a process is called with is for everybody on the machine to read.
    fileprivate static var command: Shape {
        Shape<[String]>.list(of: .string).upTo(100).refusing { words in
            guard let name = words.first, !name.isEmpty else { return "names no command" }
            if name.contains("{{") { return "a command's name can't take anything from a release" }
            return words.contains(where: SecretReference.isNamed)
                ? "a secret has no place in a command, which everybody can see; give it in `env`" : nil
        }.noting(.items(from: 1))
    }
}

extension Shape where Output == [String: String] {
    fileprivate static var environment: Shape {
        Shape<[String: String]>.dictionary(of: .string).refusing { variables in
            variables.keys.contains { $0.isEmpty || $0.contains("=") || $0.contains("\0") }
                ? "a variable's name is not empty and has no =" : nil
        }
    }
}

extension Shape where Output == String {
    fileprivate static var execOutput: Shape {
        .oneOf(["number": "number", "json": "json", "text": "text"])
    }
}
