// swift-tools-version: 6.2
import PackageDescription

/// `Examples/check` builds against a version by URL, as other packages do.
let library: Package.Dependency =
  if let url = Context.environment["JOOL_URL"], let version = Version(Context.environment["JOOL_VERSION"] ?? "") {
    .package(url: url, from: version)
  } else {
    .package(name: "swift-jool", path: "..")
  }

let package = Package(
  name: "swift-jool-examples",
  dependencies: [library, .package(url: "https://github.com/apple/swift-log", from: "1.16.0")],
  targets: [
    .executableTarget(name: "list-sessions", dependencies: [.product(name: "JoolCore", package: "swift-jool")]),
    .executableTarget(name: "watch-pool4", dependencies: [.product(name: "JoolCore", package: "swift-jool")]),
    .executableTarget(name: "follow-sessions", dependencies: [.product(name: "JoolCore", package: "swift-jool")]),
    .executableTarget(
      name: "two-proxies",
      dependencies: [
        .product(name: "JoolCore", package: "swift-jool"), .product(name: "JoolSession", package: "swift-jool"),
      ]),
    .executableTarget(
      name: "run-proxy",
      dependencies: [
        .product(name: "JoolCore", package: "swift-jool"), .product(name: "JoolDaemon", package: "swift-jool"),
        .product(name: "Logging", package: "swift-log"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
