import ArgumentParser
import Manifests

struct CRDsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "crds",
        abstract: "Print the CustomResourceDefinitions of Headgate's kinds as YAML.",
        discussion: """
            Their schemas are made from the decoders that `headgate validate` runs, so an API server refuses most of
            what they would refuse. What a schema can't say, such as whether a template exists, is still reported by
            the controller.

            Example: headgate crds | kubectl apply --server-side -f -
            """)

    func run() {
        print(DefinedKind.definitions, terminator: "")
    }
}
