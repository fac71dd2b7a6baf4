import ArgumentParser

/// A command that can't do what it was asked to. The text says where, what and what to do; the exit code is 1.
struct CommandError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
