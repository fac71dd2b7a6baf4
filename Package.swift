// swift-tools-version: 6.2
import PackageDescription

/// One list for every Swift target, so that no module is built under laxer rules than its neighbour.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")

/// A module of ours: its name, what it may import of ours, and what else it needs.
func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// The tests of one module, beside whatever real parts they run against.
func tests(
    _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], resources: [Resource] = []
) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: dependencies, exclude: exclude, resources: resources,
        swiftSettings: strict)
}

let package = Package(
    name: "headgate",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "headgate", targets: ["headgate"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
    ],
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .target(name: "CAllocator"),
        .target(name: "CCurlShim", dependencies: ["CCurl"]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        module("Analysis"),
        module("Rollouts", ["Analysis"]),
        module("Manifests", ["Analysis", "Rollouts", "CYAML"]),
        module("Journal", ["Analysis", "Rollouts", grdb, crypto]),
        module("Engine", ["Analysis", "Rollouts", "Journal", deque, heap, logging]),
        module("Transport", ["CCurl", "CCurlShim"]),
        module("Kubernetes", ["Transport", "Manifests", logging, subprocess, system]),
        module("Traffic", ["Analysis", "Rollouts", "Engine", "Transport", "Kubernetes"]),
        module(
            "Workloads", ["Analysis", "Rollouts", "Engine", "Transport", "Kubernetes", logging]),
        module(
            "Sampling",
            ["Analysis", "Rollouts", "Engine", "Transport", "Kubernetes", subprocess, system]),
        module("Signing", [crypto]),
        module("Gates", ["Analysis", "Rollouts", "Engine", "Transport", "Signing"]),
        module(
            "Intake", ["Analysis", "Rollouts", "Manifests", "Engine", "Journal", "Signing", crypto, logging]),
        module(
            "Server",
            [
                "Analysis", "Rollouts", "Manifests", "Journal", "Engine", "Intake", crypto, hummingbird,
                logging,
            ]),
        module(
            "Resources",
            ["Analysis", "Rollouts", "Manifests", "Engine", "Transport", "Kubernetes", "Server", logging]),
        module("Lab", ["Transport", "Kubernetes", hummingbird, logging]),
        module(
            "Simulator",
            [
                "Analysis", "Rollouts", "Journal", "Engine", "Transport", "Traffic", "Sampling", heap,
                logging,
            ]),
        module("Backtest", ["Analysis", "Rollouts", "Simulator"]),
        .executableTarget(
            name: "headgate",
            dependencies: [
                "Analysis", "Rollouts", "Manifests", "Journal", "Engine", "Transport", "Kubernetes",
                "Traffic", "Workloads",
                "Sampling", "Signing", "Gates", "Intake", "Server", "Resources", "Lab", "Simulator",
                "Backtest",
                "CAllocator",
                "TestCluster",
                argumentParser, hummingbird, logging,
            ],
            swiftSettings: strict),

        tests("Analysis", ["Analysis"], resources: [.copy("Vectors")]),
        tests("Rollouts", ["Analysis", "Rollouts"], exclude: ["Scenarios"]),
        tests(
            "Manifests",
            ["Analysis", "Rollouts", "Manifests", "Transport", "Kubernetes", "TestCluster", "TestServer"],
            resources: [.copy("Corpus")]),
        tests("Journal", ["Analysis", "Rollouts", "Journal", grdb, crypto]),
        tests("Engine", ["Analysis", "Rollouts", "Journal", "Engine", grdb, logging]),
        tests("Transport", ["Transport"]),
        .target(
            name: "TestCluster",
            dependencies: ["Transport", "Manifests", "Kubernetes", hummingbird, logging],
            path: "Tests/Support/TestCluster", resources: [.copy("CRDs")], swiftSettings: strict),
        .target(
            name: "TestServer",
            dependencies: ["Transport", "Kubernetes", "Lab", "TestCluster", crypto, logging],
            path: "Tests/Support/TestServer", swiftSettings: strict),
        tests(
            "Kubernetes",
            ["Kubernetes", "Transport", "Manifests", "TestCluster", "TestServer", "Lab", crypto, logging]),
        tests(
            "Traffic",
            [
                "Analysis", "Rollouts", "Journal", "Engine", "Transport", "Kubernetes", "TestCluster",
                "TestServer", "Traffic", "Lab", logging,
            ]),
        tests(
            "Workloads",
            [
                "Analysis", "Rollouts", "Engine", "Transport", "Kubernetes", "TestCluster", "TestServer",
                "Workloads", logging,
            ]),
        tests(
            "Sampling",
            [
                "Analysis", "Rollouts", "Engine", "Transport", "Kubernetes", "TestCluster", "Sampling",
                hummingbird, crypto, logging,
            ]),
        tests(
            "Intake",
            ["Analysis", "Rollouts", "Manifests", "Journal", "Engine", "Signing", "Intake", crypto, logging]),
        tests("Gates", ["Analysis", "Rollouts", "Engine", "Transport", "Signing", "Gates", hummingbird]),
        tests(
            "Server",
            [
                "Analysis", "Rollouts", "Manifests", "Journal", "Engine", "Signing", "Intake", "Transport",
                "Server", crypto, logging,
            ]),
        tests(
            "Resources",
            [
                "Analysis", "Rollouts", "Manifests", "Journal", "Engine", "Transport", "Kubernetes", "Server",
                "TestCluster", "TestServer", "Resources", "Sampling", logging,
            ]),
        tests("Lab", ["Lab", "Transport", "Kubernetes", "TestCluster", logging]),
        tests(
            "Simulator", ["Analysis", "Rollouts", "Journal", "Engine", "Manifests", "Simulator"],
            exclude: ["Wishes.txt"]),
        tests("Backtest", ["Analysis", "Simulator", "Backtest"], exclude: ["Golden"]),
        tests("House", []),
        tests(
            "Acceptance",
            [
                "Analysis", "Rollouts", "Manifests", "Journal", "Sampling", "Server", "Transport",
                "Kubernetes", "Backtest",
                "Lab", "TestCluster", "headgate", argumentParser, subprocess, system,
            ], exclude: ["Stories"]),
    ],
    swiftLanguageModes: [.v6]
)
