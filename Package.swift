// swift-tools-version: 6.2
import PackageDescription

/// What every target of ours is compiled with.
///
/// `JOOL_WARNINGS_AS_ERRORS=1` (CI) makes warnings fatal for our own code; dependencies keep their own settings.
let settings: [SwiftSetting] =
  [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
  ] + (Context.environment["JOOL_WARNINGS_AS_ERRORS"] == "1" ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
  name: "swift-jool",
  products: [
    .executable(name: "jool", targets: ["jool"]),
    .library(name: "JoolCore", targets: ["JoolCore"]),
    .library(name: "JoolSession", targets: ["JoolSession"]),
    .library(name: "JoolDaemon", targets: ["JoolDaemon"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-collections", from: "1.2.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.4.0"),
  ],
  targets: [
    .systemLibrary(name: "CLibNL", pkgConfig: "libnl-3.0", providers: [.apt(["libnl-3-dev"])]),
    .systemLibrary(name: "CSodium"),
    .target(name: "CLinux"),
    .target(
      name: "JoolCore",
      dependencies: ["CLibNL", "CLinux", .product(name: "SystemPackage", package: "swift-system")],
      swiftSettings: settings),
    .target(
      name: "JoolSession",
      dependencies: [
        "JoolCore", "CSodium", .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "DequeModule", package: "swift-collections"),
      ],
      swiftSettings: settings),
    .target(
      name: "JoolDaemon",
      dependencies: [
        "JoolCore", "JoolSession", "CLinux", .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .target(
      name: "JoolCommands",
      dependencies: [
        "JoolCore", "JoolSession", "JoolDaemon", "CLinux", .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .executableTarget(name: "jool", dependencies: ["JoolCommands"], swiftSettings: settings),
    .executableTarget(
      name: "table-benchmark",
      dependencies: [
        "JoolSession", "JoolCore", "BenchmarkSupport", .product(name: "HeapModule", package: "swift-collections"),
      ],
      path: "Benchmarks/SessionTable", swiftSettings: settings),
    .target(
      name: "BenchmarkSupport", dependencies: ["JoolCore"], path: "Benchmarks/Support", swiftSettings: settings),
    .target(name: "CAllocations", path: "Benchmarks/CAllocations"),
    .executableTarget(
      name: "sync-benchmark", dependencies: ["JoolSession", "JoolCore", "BenchmarkSupport", "CAllocations"],
      path: "Benchmarks/Synchronization", swiftSettings: settings),
    .executableTarget(
      name: "hostile-benchmark", dependencies: ["JoolSession", "JoolCore", "BenchmarkSupport"],
      path: "Benchmarks/Hostile", swiftSettings: settings),
    .testTarget(
      name: "JoolCommandsTests",
      dependencies: [
        "JoolCommands", "JoolCore", "JoolDaemon", "JoolSession", "FuzzTargets",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      exclude: ["Golden", "Completion/candidates.zsh", "Top/screens"], swiftSettings: settings),
    .testTarget(
      name: "JoolSessionTests",
      dependencies: [
        "JoolSession", "JoolCore", "TestSupport", .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "JoolDaemonTests",
      dependencies: [
        "JoolDaemon", "JoolSession", "JoolCore", "TestSupport", .product(name: "Logging", package: "swift-log"),
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: settings),
    .target(
      name: "GroupSimulation", dependencies: ["JoolSession", "JoolCore", "TestSupport"], path: "Tests/Simulation",
      swiftSettings: settings),
    .executableTarget(
      name: "simulate", dependencies: ["GroupSimulation"], path: "Tests/Simulate", swiftSettings: settings),
    .testTarget(
      name: "GroupSimulationTests", dependencies: ["GroupSimulation"], path: "Tests/SimulationTests",
      swiftSettings: settings),
    .target(
      name: "FuzzTargets", dependencies: ["JoolCommands", "JoolCore", "JoolDaemon", "JoolSession"],
      path: "Fuzz/Targets",
      swiftSettings: settings),
    .target(name: "TestSupport", dependencies: ["JoolCore"], path: "Tests/TestSupport", swiftSettings: settings),
    .testTarget(
      name: "JoolCoreTests",
      dependencies: [
        "JoolCore", "JoolCommands", "TestSupport", .product(name: "SystemPackage", package: "swift-system"),
      ],
      exclude: ["Fixtures"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

// `Fuzz/run` builds this with the instrumentation that it needs.
if Context.environment["JOOL_FUZZ"] == "1" {
  package.targets.append(
    .executableTarget(name: "jool-fuzz", dependencies: ["FuzzTargets"], path: "Fuzz/Driver", swiftSettings: settings))
}
