// swift-tools-version: 6.2
import PackageDescription

// Dependency rule, enforced by this file and by `make check`, explained in CONTRIBUTING.md:
// arrows only point down this list, and nothing that stacker-nsexec links may import Foundation.
//
//   stacker ─► Builder ─► Storage ─► HelperClient ─► HelperProtocol ─► LinuxSystem ─► CShims, Diagnostics
//              Builder ─► OCI ─► Digests; Builder ─► HTTP ─► DynamicLibraries; Builder ─► Stackerfile, Accounts, Checks
//   stacker ─► Dockerfile ─► OCI, Stackerfile
//   stacker (worker) ─► Layers ─► Digests; Layers, Sandbox ─► HelperProtocol
//   stacker-nsexec ─► Sandbox ─► HelperProtocol
//   stacker-setup ─► Accounts

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
/// Targets that hold `unsafe` C calls; everything above them stays memory-safe by construction.
let wrapsC: [SwiftSetting] = strict + [.strictMemorySafety()]

let system: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A module map for a C library that the distribution ships.
func distributionLibrary(_ module: String, pkgConfig: String, apt: String, dnf: String) -> Target {
    .systemLibrary(
        name: module,
        path: "Sources/Shared/SystemLibraries/\(module)",
        pkgConfig: pkgConfig,
        providers: [.apt([apt]), .yum([dnf])]
    )
}

/// A Swift module in `Sources/Shared/<name>`.
func module(_ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = strict) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/Shared/\(name)", swiftSettings: settings)
}

func tests(for name: String, _ more: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name), "TestSupport", system] + more,
        resources: resources, swiftSettings: strict)
}

let package = Package(
    name: "stacker",
    products: [
        .executable(name: "stacker", targets: ["stacker"]),
        .executable(name: "stacker-setup", targets: ["stacker-setup"]),
        .executable(name: "stacker-nsexec", targets: ["stacker-nsexec"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    ],
    targets: [
        // C, from the distribution
        // Without pkgConfig, which would link them: libarchive and libcurl are opened with dlopen.
        .systemLibrary(
            name: "CArchive", path: "Sources/Shared/SystemLibraries/CArchive",
            providers: [.apt(["libarchive-dev"]), .yum(["libarchive-devel"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/Shared/SystemLibraries/CCurl",
            providers: [.apt(["libcurl4-openssl-dev"]), .yum(["libcurl-devel"])]),
        distributionLibrary("CCap", pkgConfig: "libcap", apt: "libcap-dev", dnf: "libcap-devel"),
        distributionLibrary("CCrypto", pkgConfig: "libcrypto", apt: "libssl-dev", dnf: "openssl-devel"),
        distributionLibrary("CISAL", pkgConfig: "libisal", apt: "libisal-dev", dnf: "isa-l-devel"),
        distributionLibrary("CSeccomp", pkgConfig: "libseccomp", apt: "libseccomp-dev", dnf: "libseccomp-devel"),
        distributionLibrary("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev", dnf: "libyaml-devel"),
        distributionLibrary("CZlib", pkgConfig: "zlib", apt: "zlib1g-dev", dnf: "zlib-devel"),
        distributionLibrary("CZstd", pkgConfig: "libzstd", apt: "libzstd-dev", dnf: "libzstd-devel"),

        // C, ours: only what Swift cannot say (system calls without a libc wrapper, variadics, macros)
        .target(name: "CShims", path: "Sources/Shared/CShims", cSettings: [.define("_GNU_SOURCE")]),

        // No Foundation in these: stacker-nsexec links them
        module("Diagnostics"),
        module("LinuxSystem", ["CShims", "CCap", "CSeccomp", "Diagnostics", system], settings: wrapsC),
        module("HelperProtocol", ["Diagnostics", "LinuxSystem"]),
        module("Sandbox", ["CShims", "Diagnostics", "HelperProtocol", "LinuxSystem", system], settings: wrapsC),

        // The build, as libraries
        module("Accounts", ["CShims", "Diagnostics", "LinuxSystem", "HelperProtocol", system], settings: wrapsC),
        module("Checks", ["Diagnostics", "HelperProtocol", "Accounts", "LinuxSystem", system]),
        module("HelperClient", ["CShims", "Diagnostics", "HelperProtocol", "LinuxSystem", system], settings: wrapsC),
        module("Digests", ["CCrypto"], settings: wrapsC),
        module("DynamicLibraries", settings: wrapsC),
        module("HTTP", ["CCurl", "Diagnostics", "DynamicLibraries"], settings: wrapsC),
        module("OCI", ["Diagnostics", "Digests", "LinuxSystem", system], settings: wrapsC),
        module(
            "Layers",
            [
                "CArchive", "CISAL", "CShims", "CZlib", "CZstd", "Diagnostics", "Digests", "DynamicLibraries",
                "HelperProtocol", "LinuxSystem", system,
            ],
            settings: wrapsC),
        module("Stackerfile", ["CYAML", "Diagnostics", system], settings: wrapsC),
        module("Dockerfile", ["Diagnostics", "OCI", "Stackerfile"]),
        module("Storage", ["Diagnostics", "HelperClient", "HelperProtocol", "LinuxSystem", system]),
        module(
            "Builder",
            [
                "Accounts", "Checks", "Diagnostics", "Digests", "HTTP", "HelperClient", "HelperProtocol", "LinuxSystem",
                "OCI", "Stackerfile", "Storage", system,
            ]),

        // Programs
        .executableTarget(
            name: "stacker",
            dependencies: [
                "Accounts", "Builder", "Checks", "Diagnostics", "Dockerfile", "HelperProtocol", "Layers", "LinuxSystem",
                "OCI", "Sandbox", "Stackerfile", arguments, system,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "stacker-setup", dependencies: ["Accounts", "Checks", "Diagnostics", arguments],
            swiftSettings: strict),
        .executableTarget(
            name: "stacker-nsexec", dependencies: ["Diagnostics", "HelperProtocol", "LinuxSystem", "Sandbox"],
            swiftSettings: strict),

        // Tests
        .target(name: "CTestSupport", path: "Tests/CTestSupport", cSettings: [.define("_GNU_SOURCE")]),
        .target(
            name: "TestSupport", dependencies: ["CTestSupport", "Diagnostics", system], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "LayersFuzz", dependencies: ["Diagnostics", "HelperProtocol", "Layers", "LinuxSystem", system],
            path: "Tests/LayersFuzz", swiftSettings: strict),
        .target(
            name: "StackerfileFuzz", dependencies: ["Diagnostics", "Stackerfile"], path: "Tests/StackerfileFuzz",
            swiftSettings: strict),
        .executableTarget(
            name: "jail-worker", dependencies: ["CShims", "Diagnostics", "LinuxSystem", "Sandbox", system],
            path: "Tests/JailWorker",
            swiftSettings: strict),
        tests(for: "Diagnostics"),
        tests(for: "LinuxSystem", ["CShims"]),
        tests(for: "HelperProtocol"),
        tests(
            for: "Sandbox", ["CShims", "Diagnostics", "HelperProtocol", "LinuxSystem", "stacker-nsexec", "jail-worker"]),
        tests(for: "Accounts", ["Diagnostics", "HelperProtocol", "LinuxSystem"]),
        tests(for: "Checks", ["Diagnostics", "HelperProtocol", "Accounts", "LinuxSystem"]),
        tests(for: "Digests"),
        tests(for: "HTTP", ["Diagnostics"]),
        tests(for: "OCI", ["Digests"]),
        tests(for: "Layers", ["Digests", "HelperProtocol", "LinuxSystem", "Diagnostics", "CShims", "LayersFuzz"]),
        tests(for: "Stackerfile", ["Diagnostics", "StackerfileFuzz"]),
        tests(for: "Dockerfile", ["Diagnostics", "Stackerfile"]),
        tests(for: "Builder", ["Digests", "Diagnostics", "LinuxSystem", "OCI", "Stackerfile"]),
        .testTarget(
            name: "CommandLineTests",
            dependencies: [
                "Accounts", "Builder", "Checks", "stacker", "stacker-setup", "Diagnostics", "HelperProtocol",
                "Stackerfile",
                "TestSupport", arguments, system,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["Diagnostics", "TestSupport", "stacker-nsexec", "stacker", "stacker-setup", system],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)

// `scripts/fuzz` builds this one: libFuzzer brings its own entry point and instruments every module.
if Context.environment["STACKER_FUZZ"] != nil {
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: ["CTestSupport", "LayersFuzz", "StackerfileFuzz", system], path: "Tests/Fuzz",
            swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])]))
}
