// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "swift-jool-examples",
  dependencies: [
    .package(name: "swift-jool", path: ".."), .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
  ],
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
      name: "embedded-proxy",
      dependencies: [
        .product(name: "JoolCore", package: "swift-jool"), .product(name: "JoolDaemon", package: "swift-jool"),
        .product(name: "Logging", package: "swift-log"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
