/// Which programs measurements may run. A document names one of these: what stands in git runs nothing by itself.
package struct ExecSettings: Sendable, Hashable {
    /// By the names that documents use: the program's path, and what always follows it.
    package var commands: [String: [String]]
    /// Names of the server's own environment that programs see. None of the others is.
    package var inherited: [String]
    /// So many run at once; the others wait, and their time runs.
    package var concurrency: Int

    package init(commands: [String: [String]] = [:], inherited: [String] = [], concurrency: Int = 4) {
        self.commands = commands
        self.inherited = inherited
        self.concurrency = concurrency
    }
}
