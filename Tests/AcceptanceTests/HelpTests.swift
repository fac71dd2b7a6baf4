import ArgumentParser
import Testing

@testable import headgate

@Suite struct HelpTests {
    @Test func everyCommandShowsAnExample() {
        for command in commands(below: Headgate.self) where command.configuration.shouldDisplay {
            let isGroup = !command.configuration.subcommands.isEmpty
            let help = command.helpMessage()
            #expect(isGroup || help.contains("Example"), "\(command._commandName) shows no example")
        }
    }

    private func commands(below command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        let children =
            command.configuration.subcommands
            + command.configuration.groupedSubcommands.flatMap(\.subcommands)
        return children + children.flatMap { commands(below: $0) }
    }
}
