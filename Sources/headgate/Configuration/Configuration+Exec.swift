import Manifests
import Sampling

extension Shape where Output == ExecSettings {
    /// `{commands: {error-rate: [/usr/local/bin/error-rate, --json]}, inherit: [LANG]}`.
    static func exec(_ folder: Folder) -> Shape {
        .object { fields in
            let commands = fields.required("commands", .dictionary(of: .command(folder)))
            let inherited = fields.optional("inherit", .list(of: .nonEmptyString)) ?? []
            let concurrency = fields.optional("concurrency", .int(in: 1...64)) ?? 4
            return commands.map {
                ExecSettings(commands: $0, inherited: inherited, concurrency: concurrency)
            }
        }
    }
}

extension Shape where Output == [String] {
    /// The program's path, and what always follows it.
    fileprivate static func command(_ folder: Folder) -> Shape {
        Shape { field in
            guard let words = field.read(.list(of: .string)) else { return nil }
            guard let program = words.first, program.contains("/") else {
                field.refuse("begins with the path of a program, which contains a /")
                return nil
            }
            return [folder.resolve(program)] + words.dropFirst()
        }
    }
}
